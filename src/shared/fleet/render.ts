// One tenant's effective manifest as YAML, in which every value tells the file and line that set it.
import { Document, isMap, isScalar, isSeq } from 'yaml';
import { UserError } from '../errors.ts';
import { type Fleet, parseFleet, selectTenant } from './fleet.ts';
import { layerFleet } from './layers.ts';
import type { File } from './reader.ts';
import { type At, find, type Path, placeOf, type Tree } from './tree.ts';
import type { FailureBudget, Tenant } from './types.ts';

type Who = { readonly environment: string; readonly tenant: string };

/** Throws UserError with all problems of the fleet, or where there is no such tenant. */
export const renderTenant = (files: readonly File[], who: Who): string => {
  const parsed = parseFleet(files);
  if (parsed.kind === 'problems') throw new UserError(parsed.problems);
  const { environment, name, ...values } = selectTenant(parsed.fleet, who);
  const { environments, drafts } = layerFleet(files);
  const draft = drafts.find((each) => each.tenant === name && each.environmentName === environment.name);
  const platform = environments.get(environment.name)?.written.branch;
  const document = new Document(
    withoutUndefined({ ...values, environment: environmentAsWritten(environment) }),
    { version: '1.2' },
  );
  const originOf = ([first, ...rest]: Path): Tree | undefined =>
    first === 'environment' ? find(platform, rest) : find(draft?.tree, [first ?? '', ...rest]);
  comment(document.contents, [], originOf);
  const wave = waveOf(parsed.fleet, who);
  const head = `# ${name} in ${environment.name}, in ${wave ? `the wave ${wave}` : 'no wave'}`;
  // The library gives an empty map's comment a line of its own.
  const text = document.toString({ lineWidth: 0 }).replace(/:\n +(\{\}|\[\])\n +(# .*)/g, ': $1 $2');
  return `${head}${draft ? ` (${shown(draft.home)})` : ''}\n${text}`;
};

const waveOf = ({ waves }: Fleet, { environment, tenant }: Who): string | undefined =>
  waves.get(environment)?.find(({ tenants }) => tenants.includes(tenant))?.name;

const environmentAsWritten = ({ rollout, ...environment }: Tenant['environment']): object => ({
  ...environment,
  rollout: { ...rollout, failureBudget: writtenBudget(rollout.failureBudget) },
});

const writtenBudget = (budget: FailureBudget): number | string =>
  budget.kind === 'count' ? budget.count : `${budget.percent}%`;

const withoutUndefined = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

type OriginOf = (path: Path) => Tree | undefined;

/** Each scalar and each empty map or list gets a comment; what holds others has theirs. */
const comment = (node: unknown, path: Path, originOf: OriginOf): void => {
  if (isMap(node) && node.items.length)
    for (const { key, value } of node.items)
      comment(value, [...path, isScalar(key) ? String(key.value) : ''], originOf);
  else if (isSeq(node) && node.items.length)
    node.items.forEach((item, index) => {
      comment(item, [...path, index], originOf);
    });
  else if (isMap(node) || isSeq(node) || isScalar(node)) {
    const found = originOf(path);
    const removed = found?.kind === 'leaf' && found.value === null;
    node.comment = found && !removed ? ` ${shown(found.at)}` : ' default';
  }
};

const shown = (at: At): string => {
  const { file, line } = placeOf(at);
  return `${file}:${line}`;
};
