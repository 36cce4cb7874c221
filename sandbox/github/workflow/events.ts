// The `on:` of a workflow file, and whether an event starts it. The converted template drops workflow_call's outputs and
// the type `number`, so the token tree is read.

import type { Events, InputDefinition, Token } from './definitions.ts';
import { field } from './expressions.ts';
import { isMapping, isSequence, type TemplateToken } from './library.ts';
import { matchesPatterns } from './patterns.ts';

export const readEvents = (on: TemplateToken): Events => {
  const call = field(on, 'workflow_call');
  return {
    filters: Object.fromEntries(eventsOf(on).map(([name, token]) => [name, readFilters(token)])),
    dispatchInputs: readInputs(field(field(on, 'workflow_dispatch'), 'inputs')),
    callInputs: readInputs(field(call, 'inputs')),
    callSecrets: pairsOf(field(call, 'secrets')).map(([name, token]) => ({
      name,
      required: field(token, 'required')?.toString() === 'true',
    })),
    callOutputs: Object.fromEntries(
      pairsOf(field(call, 'outputs')).map(([name, token]) => [name, field(token, 'value')]),
    ),
  };
};

const pairsOf = (token: Token): readonly (readonly [string, TemplateToken])[] =>
  token && isMapping(token) ? [...token].map(({ key, value }) => [key.toString(), value] as const) : [];

const eventsOf = (on: TemplateToken): readonly (readonly [string, Token])[] => {
  if (isMapping(on)) return pairsOf(on);
  if (isSequence(on)) return [...on].map((item) => [String(item), undefined] as const);
  return [[String(on), undefined]];
};

const readFilters = (token: Token): Readonly<Record<string, readonly string[]>> => {
  if (token && isSequence(token))
    return { cron: [...token].map((item) => field(item, 'cron')?.toString() ?? '') };
  return Object.fromEntries(
    pairsOf(token)
      .filter(([name]) => !['inputs', 'outputs', 'secrets'].includes(name))
      .map(([name, value]) => [name, textsOf(value)]),
  );
};

const textsOf = (token: Token): readonly string[] => {
  if (token === undefined) return [];
  return isSequence(token) ? [...token].map(String) : [String(token)];
};

const readInputs = (token: Token): readonly InputDefinition[] =>
  pairsOf(token).map(([name, of]) => ({
    name,
    type: (field(of, 'type')?.toString() ?? 'string') as InputDefinition['type'],
    required: field(of, 'required')?.toString() === 'true',
    default: field(of, 'default'),
    options: textsOf(field(of, 'options')),
  }));

/** What an event is measured by. */
export type Occasion = {
  readonly name: string;
  /** `opened`, `published` …; undefined where the event has no types. */
  readonly action: string | undefined;
  /** refs/heads/main; for a pull request its base branch's. */
  readonly ref: string;
  readonly cron: string | undefined;
  /** Paths that differ; undefined where nobody can say, then path filters let it pass. */
  readonly changed: readonly string[] | undefined;
};

const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** Why the event does not start the workflow; undefined where it does. */
export const whyNot = (events: Events, occasion: Occasion): string | undefined => {
  const filters = events.filters[occasion.name];
  if (!filters)
    return `it starts on ${Object.keys(events.filters).join(', ')}, and the event is ${occasion.name}`;
  const types = filters.types ?? defaultTypes[occasion.name];
  if (types && occasion.action !== undefined && !types.includes(occasion.action))
    return `it starts on ${occasion.name} of the types ${types.join(', ')}, and this one is ${occasion.action}`;
  if (filters.cron && occasion.cron !== undefined && !filters.cron.includes(occasion.cron))
    return `its schedules are ${filters.cron.join(', ')}, and this one is ${occasion.cron}`;
  return whyNotRef(filters, occasion.ref) ?? whyNotPaths(filters, occasion.changed);
};

type Filters = Events['filters'][string];

const whyNotRef = (filters: Filters, ref: string): string | undefined => {
  const kind = ref.startsWith('refs/tags/') ? 'tags' : 'branches';
  const other = kind === 'tags' ? 'branches' : 'tags';
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  const wanted = filters[kind];
  const ignored = filters[`${kind}-ignore`];
  const onlyOther = (filters[other] ?? filters[`${other}-ignore`]) && !wanted && !ignored;
  if (onlyOther || (wanted && !matchesPatterns(wanted, name)) || (ignored && matchesPatterns(ignored, name)))
    return `its ${kind} do not include ${name}`;
  return undefined;
};

const whyNotPaths = (filters: Filters, changed: readonly string[] | undefined): string | undefined => {
  const { paths, 'paths-ignore': ignored } = filters;
  if (changed === undefined || (!paths && !ignored)) return undefined;
  const counts = changed.some(
    (path) => (!paths || matchesPatterns(paths, path)) && !(ignored && matchesPatterns(ignored, path)),
  );
  return counts ? undefined : 'none of the changed files is among its paths';
};
