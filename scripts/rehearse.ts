// `npm run rehearse -- --fleet DIR --workflow FILE --event FILE`: one of your own workflow files on your own manifests,
// on GitHub and AWS in boxes. Nothing leaves this machine.
import { basename, dirname, join } from 'node:path';
import type { RunCall, RunEnd } from '../sandbox/github/workflow/types.ts';
import { openRehearsal, type Rehearsal } from '../sandbox/rehearsal.ts';
import { type Arguments, readArguments, usage } from './rehearse/arguments.ts';
import { healthyTenants, openPull, siteVariables } from './rehearse/play.ts';
import { runToEnd } from './rehearse/to-end.ts';

/** A pull request that the payload does not describe is one that adds the fleet. */
const eventOf = (rehearsal: Rehearsal, { event }: Arguments): RunCall['event'] => ({
  name: event.name,
  payload:
    event.name === 'pull_request' && !event.payload.pull_request
      ? { ...openPull(rehearsal), ...event.payload }
      : event.payload,
  ...(event.inputs ? { inputs: event.inputs } : {}),
  ...(event.ref ? { ref: event.ref } : {}),
  ...(event.actor ? { actor: event.actor } : {}),
});

const run = (rehearsal: Rehearsal, given: Arguments): Promise<RunEnd> =>
  rehearsal.run({
    workflow: `.github/workflows/${basename(given.workflow)}`,
    event: eventOf(rehearsal, given),
    variables: siteVariables(rehearsal),
    onLine: (job, line) => console.log(`${job} │ ${line}`),
    approve: async ({ environment, job }) => {
      const answer = given.reject ? 'rejected' : 'approved';
      console.log(`✋ ${job} waits for a reviewer of ${environment}: ${answer}`);
      return answer;
    },
  });

const play = async (rehearsal: Rehearsal, given: Arguments): Promise<number> => {
  const end = await run(rehearsal, given);
  for (const { name, summary } of end.jobs) if (summary) console.log(`\n━━ ${name}\n\n${summary}`);
  for (const { body } of rehearsal.hub.snapshot().comments) console.log(`\n━━ Comment\n\n${body}`);
  console.log('');
  for (const { name, conclusion } of end.jobs) console.log(`${conclusion.padEnd(10)} ${name}`);
  const healthy = await healthyTenants(rehearsal);
  const tenants = healthy.length === 1 ? 'tenant' : 'tenants';
  console.log(`\nThe run ended with ${end.conclusion}; AWS has ${healthy.length} healthy ${tenants}.`);
  return end.conclusion === 'success' ? 0 : 1;
};

const rehearse = async (given: Arguments, signal: AbortSignal): Promise<number> => {
  const { fleet, fleetAt, environment, speed } = given;
  const rehearsal = await openRehearsal({
    project: join(import.meta.dirname, '..'),
    ...{ fleet, fleetAt, environment, speed, signal },
    workflows: dirname(given.workflow),
  });
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
