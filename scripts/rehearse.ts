// `npm run rehearse -- --fleet DIR --workflow FILE --event FILE`: one of your own workflow files on your own manifests,
// on GitHub and AWS in boxes. Nothing leaves this machine.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { openRehearsal, type Rehearsal } from '../sandbox/rehearsal.ts';
import { formatProblem, UserError } from '../src/shared/errors.ts';
import { healthyTenants, siteVariables } from './rehearse/play.ts';

const usage = `Usage: npm run rehearse -- --fleet DIR --workflow FILE --event FILE [--environment NAME] [--speed N] [--reject]

  --fleet        your fleet folder
  --workflow     the workflow file to run; its folder's other files are there too
  --event        JSON: {"name": "workflow_dispatch", "inputs": {...}} or {"name": "release", "payload": {...}}
  --environment  the environment to rehearse; where the fleet has one, that one
  --speed        how much faster the cloud's own delays pass, 20 unless given
  --reject       a reviewer who rejects every wave; otherwise one approves it`;

const eventSchema = z.strictObject({
  name: z.string().min(1),
  inputs: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
  payload: z.record(z.string(), z.unknown()).default({}),
  ref: z.string().optional(),
  actor: z.string().optional(),
});

type Arguments = {
  readonly fleet: string;
  readonly workflow: string;
  readonly event: z.output<typeof eventSchema>;
  readonly environment: string;
  readonly speed: number;
  readonly reject: boolean;
};

const fail = (problems: readonly string[]): never => {
  for (const problem of problems) console.error(problem);
  process.exit(1);
};

const readArguments = (): Arguments => {
  const { values } = parseArgs({
    options: {
      fleet: { type: 'string' },
      workflow: { type: 'string' },
      event: { type: 'string' },
      environment: { type: 'string' },
      speed: { type: 'string', default: '20' },
      reject: { type: 'boolean', default: false },
    },
  });
  const { fleet = '', workflow = '', event = '' } = values;
  const missing = Object.entries({ fleet, workflow, event }).flatMap(([name, path]) =>
    existsSync(path) ? [] : [path ? `--${name} ${path}: there is no such file.` : `--${name} is missing.`],
  );
  const speed = Number(values.speed);
  if (!(speed >= 1 && speed <= 1000)) missing.push(`--speed ${values.speed}: give a number from 1 to 1000.`);
  if (missing.length) fail([...missing, '', usage]);
  return {
    fleet,
    workflow,
    event: readEvent(event),
    environment: values.environment ?? onlyEnvironment(fleet),
    speed,
    reject: values.reject,
  };
};

const readEvent = (file: string): z.output<typeof eventSchema> => {
  try {
    return eventSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    return fail([`${file} is not an event: ${why}`, '', usage]);
  }
};

const onlyEnvironment = (fleet: string): string => {
  const files = globSync('environments/*.yml', { cwd: fleet });
  const [only = '', ...others] = files.map((file) => basename(file, '.yml'));
  if (others.length)
    fail([`--environment is missing: the fleet has ${[only, ...others].join(', ')}.`, '', usage]);
  return only;
};

const play = async (rehearsal: Rehearsal, given: Arguments): Promise<void> => {
  const end = await rehearsal.run({
    workflow: `.github/workflows/${basename(given.workflow)}`,
    event: {
      name: given.event.name,
      payload: given.event.payload,
      ...(given.event.inputs ? { inputs: given.event.inputs } : {}),
      ...(given.event.ref ? { ref: given.event.ref } : {}),
      ...(given.event.actor ? { actor: given.event.actor } : {}),
    },
    variables: siteVariables(rehearsal),
    onLine: (job, line) => console.log(`${job} │ ${line}`),
    approve: async ({ environment, job }) => {
      console.log(
        `✋ ${job} waits for a reviewer of ${environment}: ${given.reject ? 'rejected' : 'approved'}`,
      );
      return given.reject ? 'rejected' : 'approved';
    },
  });
  for (const { name, summary } of end.jobs) if (summary) console.log(`\n━━ ${name}\n\n${summary}`);
  console.log('');
  for (const { name, conclusion } of end.jobs) console.log(`${conclusion.padEnd(10)} ${name}`);
  const healthy = await healthyTenants(rehearsal);
  console.log(`\nThe run ended with ${end.conclusion}; AWS has ${healthy.length} healthy tenants.`);
  process.exitCode = end.conclusion === 'success' ? 0 : 1;
};

const main = async (given: Arguments): Promise<void> => {
  const rehearsal = await openRehearsal({
    project: join(import.meta.dirname, '..'),
    fleet: resolve(given.fleet),
    workflows: dirname(resolve(given.workflow)),
    environment: given.environment,
    speed: given.speed,
  });
  for (const note of rehearsal.cloud.notes) console.log(note);
  try {
    await play(rehearsal, given);
  } finally {
    await rehearsal.close();
  }
};

try {
  await main(readArguments());
} catch (error) {
  if (error instanceof UserError) fail(error.problems.map(formatProblem));
  fail([error instanceof Error ? error.message : String(error)]);
}
