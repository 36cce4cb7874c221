// Everything that exists in an account as plain JSON that two clouds can be compared by: names instead of random ids,
// no times, hashes instead of secret values.
import type { AccountServices } from './account.ts';

/** STS makes nothing that stays, and a build is what ran, not what exists. */
export type Snapshot = { readonly [service in Exclude<keyof AccountServices, 'sts' | 'codebuild'>]: unknown };

/** What differs from cloud to cloud though the same was made: ids that AWS appends to names or gives instead of them. */
const randomParts: readonly (readonly [RegExp, string])[] = [
  [/(:secret:[^:"]+)-[A-Za-z0-9]{6}(?=[:"])/g, '$1-*'],
  [/\b(fsap|vpc|fsmt)-[0-9a-f]{17}\b/g, '$1-*'],
  [/(:(?:targetgroup|loadbalancer\/app)\/[^/"]+)\/[0-9a-f]{16}/g, '$1/*'],
];

const withoutRandomParts = (text: string): string =>
  randomParts.reduce((kept, [pattern, replacement]) => kept.replace(pattern, replacement), text);

const sortKey = (value: unknown): string => JSON.stringify(value) ?? '';

/** Keys sorted; a list whose order is only the order of making is sorted too. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    return items.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, canonical(item)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

const plain = (value: unknown): unknown => JSON.parse(withoutRandomParts(JSON.stringify(value)));

/** Lists of ECS and ELB may mean their order (a container's command, rules); theirs are kept as they come. */
export const takeSnapshot = (services: AccountServices): Snapshot => {
  const { codepipeline, ec2, ecr, ecs, efs, elb, iam, logs, rds, secrets } = services;
  return {
    codepipeline: plain(codepipeline.snapshot()),
    ec2: canonical(plain(ec2.snapshot())),
    ecr: canonical(plain(ecr.snapshot())),
    ecs: plain(ecs.snapshot()),
    efs: canonical(plain(efs.snapshot())),
    elb: plain(elb.snapshot()),
    iam: canonical(plain(iam.snapshot())),
    logs: canonical(plain(logs.snapshot())),
    rds: canonical(plain(rds.snapshot())),
    secrets: canonical(plain(secrets.snapshot())),
  };
};
