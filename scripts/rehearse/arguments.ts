// The command line of `npm run rehearse`: all that is wrong with it at once, before anything is started.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Subject } from '../../sandbox/open.ts';
import { subjectOf } from './subject.ts';

export const usage = `Usage: npm run rehearse -- --fleet DIR --workflow FILE [--workflow FILE …] [--event FILE] [--application NAME]
                         [--environment NAME] [--speed N] [--reject]

  --fleet        your fleet folder, with environments/ and tenants/, or applications/
  --workflow     the workflow file to run; its folder's other files are there too. Several are run in this order on one
                 account, while they succeed: what looks at tenants needs one that deploys them before it
  --event        JSON: {"name": "workflow_dispatch", "inputs": {...}}, {"name": "release", "payload": {...}}, or
                 {"name": "pull_request"}, which adds the whole fleet unless its payload says otherwise.
                 Without it a person starts the workflow, with --environment as its only input
  --application  the application to rehearse; the event's input of that name, or the only one of a fleet without tenants,
                 unless given
  --environment  the environment to rehearse; the event's input of that name, or the fleet's or application's only one,
                 unless given
  --speed        how much faster the cloud's own delays pass, 20 unless given
  --reject       a reviewer who rejects at every gate; otherwise one approves

The workflow runs on GitHub and AWS in boxes on this machine; nothing leaves it. The exit code is 0 where the run
succeeded. Ctrl-C ends it within seconds.`;

const eventSchema = z.strictObject({
  name: z.string().min(1),
  inputs: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
  payload: z.record(z.string(), z.unknown()).default({}),
  ref: z.string().optional(),
  actor: z.string().optional(),
});

type Event = z.output<typeof eventSchema>;

export type Arguments = {
  readonly fleet: string;
  /** Where the fleet lies in its repository, where that can be seen. */
  readonly fleetAt: string;
  /** Files of one folder, at least one. */
  readonly workflows: readonly string[];
  readonly event: Event;
  readonly subject: Subject;
  readonly speed: number;
  readonly reject: boolean;
};

export type Reading =
  | { readonly kind: 'help' }
  | { readonly kind: 'arguments'; readonly given: Arguments }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...{
    fleet: text,
    workflow: { type: 'string', multiple: true } as const,
    event: text,
    application: text,
    environment: text,
    speed: text,
  },
  ...{ reject: flag, help: flag },
};

export const readArguments = (args: readonly string[]): Reading => {
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  if (values.help) return { kind: 'help' };
  const problems = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`'${token.value}' is not expected.`];
    return token.kind !== 'option' || token.name in options ? [] : [`--${token.name} is not known.`];
  });
  const given = (name: keyof typeof options): string =>
    typeof values[name] === 'string' ? values[name] : '';
  const fleet = given('fleet');
  const workflows = (values.workflow ?? []).filter((file) => typeof file === 'string');
  problems.push(...missing('fleet', fleet, 'folder'), ...missingAmong(workflows));
  const event = given('event') ? readEvent(given('event')) : startedIn(given('environment'));
  if (typeof event === 'string') problems.push(event);
  const speed = Number(given('speed') || 20);
  if (!(speed >= 1 && speed <= 1000))
    problems.push(`--speed ${given('speed')}: give a number from 1 to 1000.`);
  if (problems.length || typeof event === 'string') return { kind: 'problems', problems };
  const { inputs = {} } = event;
  const [application, environment] = [given('application'), given('environment')];
  const subject = subjectOf({ fleet, application, environment, inputs });
  if (isProblems(subject)) return { kind: 'problems', problems: subject };
  const fleetAt = placeOf(fleet, workflows[0] ?? '');
  const reject = values.reject === true;
  return {
    kind: 'arguments',
    given: {
      ...{ fleet: resolve(fleet), fleetAt, event, subject, speed, reject },
      workflows: workflows.map((file) => resolve(file)),
    },
  };
};

const missing = (name: string, path: string, wanted: 'file' | 'folder'): readonly string[] => {
  if (!path) return [`--${name} is missing: give the path of a ${wanted}.`];
  if (!existsSync(path)) return [`--${name} ${path}: there is no such ${wanted}.`];
  const is = statSync(path).isDirectory() ? 'folder' : 'file';
  return is === wanted ? [] : [`--${name} ${path} is a ${is}: give a ${wanted}.`];
};

const missingAmong = (workflows: readonly string[]): readonly string[] => {
  if (!workflows.length) return missing('workflow', '', 'file');
  const folders = new Set(workflows.map((file) => dirname(resolve(file))));
  return [
    ...workflows.flatMap((file) => missing('workflow', file, 'file')),
    ...(folders.size > 1 ? ['The workflows lie in different folders: give files of one.'] : []),
  ];
};

const startedIn = (environment: string): Event => ({
  name: 'workflow_dispatch',
  inputs: environment ? { environment } : {},
  payload: {},
});

const readEvent = (path: string): Event | string => {
  const [problem] = missing('event', path, 'file');
  if (problem) return problem;
  try {
    return eventSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message.replaceAll(/\s+/g, ' ');
    return `--event ${path} is not an event: ${why}`;
  }
};

const isProblems = (subject: Subject | readonly string[]): subject is readonly string[] =>
  Array.isArray(subject);

/** A fleet beside the workflows keeps its place in the repository; any other becomes `fleet`. */
const placeOf = (fleet: string, workflow: string): string => {
  const folder = dirname(resolve(workflow));
  if (!folder.endsWith(join('.github', 'workflows'))) return 'fleet';
  const place = relative(join(folder, '../..'), resolve(fleet));
  return place === '' || place.startsWith('..') ? 'fleet' : place.split(sep).join('/');
};
