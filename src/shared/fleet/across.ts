// What no two tenants may share. One pass over the fleet: each claim is looked up once.
import type { Problem } from '../errors.ts';
import { type Draft, setAt } from './draft.ts';
import { type Path, placeOf } from './tree.ts';

type Claim = {
  readonly path: Path;
  readonly what: string;
  /** What the claim is made on; two environments may share a load balancer, a database or a file system. */
  readonly on: string;
  readonly value: string;
};

/** The second and every later claim of the same thing is a problem, at its own place. */
export const findClashes = (drafts: readonly Draft[]): readonly Problem[] => {
  const holders = new Map<string, Draft>();
  return drafts.flatMap((draft) =>
    claimsOf(draft).flatMap((claim) => {
      const key = JSON.stringify([claim.what, claim.on, claim.value.toLowerCase()]);
      const holder = holders.get(key);
      if (!holder) {
        holders.set(key, draft);
        return [];
      }
      return [clash(draft, claim, holder)];
    }),
  );
};

const clash = (draft: Draft, { path, what, on, value }: Claim, holder: Draft): Problem => {
  const first = placeOf(setAt(holder, path));
  return {
    what: `${draft.tenant} in ${draft.environmentName} has the ${what} ${value} on ${on}, which ${holder.tenant} in ${holder.environmentName} has already (${first.file}:${first.line}).`,
    fix: fixFor(what, [draft, holder]),
    place: placeOf(setAt(draft, path)),
  };
};

/** A retired tenant's things still exist: whoever took its place would be refused by AWS, or find its data. */
const fixFor = (what: string, drafts: readonly Draft[]): string => {
  const retired = drafts.find(({ values }) => values.state === 'retired');
  return retired
    ? `Give one of the two another ${what}, or roll ${retired.tenant}, which is retired, back in ${retired.environmentName} and delete its file: until then its ${what} is taken.`
    : `Give one of the two another ${what}.`;
};

const claimsOf = (draft: Draft): readonly Claim[] =>
  allClaims(draft).filter(({ path }) => path.length === 0 || !draft.isBroken(path));

const allClaims = (draft: Draft): readonly Claim[] => {
  const { values, environment, environmentName } = draft;
  const listener = environment
    ? `${environment.loadBalancer.name}:${environment.loadBalancer.listenerPort} in ${regionOf(draft)}`
    : environmentName;
  const server = environment ? `${environment.database.host}:${environment.database.port}` : environmentName;
  const fileSystem = environment ? `${environment.fileSystem} in ${regionOf(draft)}` : environmentName;
  return [
    { path: ['host'], what: 'host', on: listener, value: values.host },
    ...(values.priority === undefined
      ? []
      : [{ path: ['priority'], what: 'priority', on: listener, value: String(values.priority) }]),
    { path: ['database', 'name'], what: 'database', on: server, value: values.database.name },
    { path: ['database', 'user'], what: 'database user', on: server, value: values.database.user },
    { path: ['storage', 'path'], what: 'directory', on: fileSystem, value: values.storage.path },
    // Tenant a-b in sit and tenant b in sit-a would both be sit-a-b.
    {
      path: [],
      what: 'name',
      on: environment ? regionOf(draft) : environmentName,
      value: `${environmentName}-${draft.tenant}`,
    },
  ];
};

const regionOf = ({ environment, environmentName }: Draft): string =>
  environment ? `${environment.accountId} ${environment.region}` : environmentName;
