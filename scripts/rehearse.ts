// `npm run rehearse -- --fleet DIR --workflow FILE --event FILE`: one of your own workflow files on your own manifests,
// on GitHub and AWS in boxes. Nothing leaves this machine.
import { basename, dirname, join } from 'node:path';
import type { RunCall, RunEnd } from '../sandbox/github/workflow/types.ts';
import { type ApplicationRehearsal, openRehearsal, type Rehearsal } from '../sandbox/rehearsal.ts';
import { type Arguments, readArguments, usage } from './rehearse/arguments.ts';
import { readExecutions, readImages, steadyServices } from './rehearse/look-at-release.ts';
import { healthyTenants, openPull, releaseVariables, siteVariables } from './rehearse/play.ts';
import { placesOf } from './rehearse/subject.ts';
import { runToEnd } from './rehearse/to-end.ts';

type Any = Rehearsal | ApplicationRehearsal;

/** A pull request that the payload does not describe is one that adds the fleet. */
const eventOf = (rehearsal: Any, { event }: Arguments): RunCall['event'] => ({
  name: event.name,
  payload:
    event.name === 'pull_request' && !event.payload.pull_request
      ? { ...openPull(rehearsal), ...event.payload }
      : event.payload,
  ...(event.inputs ? { inputs: event.inputs } : {}),
  ...(event.ref ? { ref: event.ref } : {}),
  ...(event.actor ? { actor: event.actor } : {}),
});

const variablesOf = (rehearsal: Any): Readonly<Record<string, string>> =>
  isRelease(rehearsal) ? releaseVariables(rehearsal) : siteVariables(rehearsal);

const isRelease = (rehearsal: Any): rehearsal is ApplicationRehearsal => rehearsal.application !== undefined;

const run = (rehearsal: Any, workflow: string, given: Arguments): Promise<RunEnd> =>
  rehearsal.run({
    workflow: `.github/workflows/${basename(workflow)}`,
    event: eventOf(rehearsal, given),
    variables: variablesOf(rehearsal),
    onLine: (job, line) => console.log(`${job} │ ${line}`),
    approve: async ({ environment, job }) => {
      const answer = given.reject ? 'rejected' : 'approved';
      console.log(`✋ ${job} waits for a reviewer of ${environment}: ${answer}`);
      return answer;
    },
  });

const play = async (rehearsal: Any, given: Arguments): Promise<number> => {
  for (const workflow of given.workflows) {
    const code = await playOne(rehearsal, workflow, given);
    if (code !== 0) return code;
  }
  return 0;
};

const playOne = async (rehearsal: Any, workflow: string, given: Arguments): Promise<number> => {
  const end = await run(rehearsal, workflow, given);
  for (const { name, summary } of end.jobs) if (summary) console.log(`\n━━ ${name}\n\n${summary}`);
  for (const { body } of rehearsal.hub.snapshot().comments) console.log(`\n━━ Comment\n\n${body}`);
  console.log('');
  for (const { name, conclusion } of end.jobs) console.log(`${conclusion.padEnd(10)} ${name}`);
  const made = isRelease(rehearsal) ? await releaseMade(rehearsal) : await tenantsMade(rehearsal);
  console.log(`\nThe run ended with ${end.conclusion}; ${made}`);
  return end.conclusion === 'success' ? 0 : 1;
};

const tenantsMade = async (rehearsal: Rehearsal): Promise<string> => {
  const healthy = await healthyTenants(rehearsal);
  return `AWS has ${healthy.length} healthy ${healthy.length === 1 ? 'tenant' : 'tenants'}.`;
};

/** What the pipelines and services are, a line each; answers the last line's end. */
const releaseMade = async (rehearsal: ApplicationRehearsal): Promise<string> => {
  const { services } = rehearsal.application;
  console.log('');
  for (const [pipeline, statuses] of Object.entries(readExecutions(rehearsal)))
    console.log(`${pipeline}: ${statuses.join(', ') || 'not started'}`);
  for (const [service, image] of Object.entries(await readImages(rehearsal)))
    console.log(`${service} runs ${image}`);
  const steady = await steadyServices(rehearsal);
  return `AWS has ${steady.length} of ${services.length} services running.`;
};

const open = (given: Arguments, signal: AbortSignal): Promise<Any> => {
  const { fleet, fleetAt, subject, speed, event } = given;
  const [workflow = ''] = given.workflows;
  const common = {
    project: join(import.meta.dirname, '..'),
    ...{ fleet, fleetAt, speed, signal },
    workflows: dirname(workflow),
  };
  if (subject.application === undefined) return openRehearsal({ ...common, ...subject });
  return openRehearsal({ ...common, ...subject, ...placesOf(workflow, event.payload) });
};

const rehearse = async (given: Arguments, signal: AbortSignal): Promise<number> => {
  const rehearsal = await open(given, signal);
  for (const note of rehearsal.notes) console.log(note);
  try {
    return await play(rehearsal, given);
  } finally {
    await rehearsal.close();
  }
};

const reading = readArguments(process.argv.slice(2));
switch (reading.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'problems':
    for (const line of [...reading.problems, '', usage]) console.error(line);
    process.exitCode = 1;
    break;
  case 'arguments':
    await runToEnd((signal) => rehearse(reading.given, signal));
}
