// What must hold between the values of one tenant in one environment, after layering.
import type { Problem } from '../errors.ts';
import { type Draft, setAt } from './draft.ts';
import { type Names, nameKinds, nameLimits, namesOf } from './names.ts';
import { mostTags, ourTags } from './tags.ts';
import { fargate } from './tenant-schema.ts';
import { find, type Path, placeOf } from './tree.ts';

type Finding = Pick<Problem, 'what' | 'fix'>;
type Rule = {
  /** The values that the rule reads; it has nothing to say where one of them is wrong already. */
  readonly reads: readonly Path[];
  readonly judge: (draft: Draft) => readonly Finding[];
};

/** Each problem stands where the last of the values involved was set, or where the tenant names the environment. */
export const judgeDraft = (draft: Draft): readonly Problem[] =>
  rules.flatMap(({ reads, judge }) => {
    if (reads.some(draft.isBroken)) return [];
    const findings = judge(draft);
    if (!findings.length) return [];
    const set = reads.filter((path) => find(draft.tree, path)).at(-1);
    const place = placeOf(set ? setAt(draft, set) : draft.home);
    return findings.map((finding) => ({ ...finding, place }));
  });

const when = (broken: boolean, what: string, fix: string): readonly Finding[] =>
  broken ? [{ what, fix }] : [];

const hasImage: Rule = {
  reads: [['image']],
  judge: ({ values }) =>
    when(
      values.image === undefined,
      '`image` is missing: neither the tenant nor any layer below it gives one.',
      'Write image: wordpress:6.8-php8.3-apache, here or in defaults.yml.',
    ),
};

const fitsFargate: Rule = {
  reads: [['cpu'], ['memory']],
  judge: ({ values: { cpu, memory } }) => {
    const sold = fargate[cpu] ?? [];
    const step = sold.length > 3 ? ` in steps of ${(sold[1] ?? 0) - (sold[0] ?? 0)}` : '';
    const range = step ? `${sold[0]} to ${sold.at(-1)}${step}` : sold.join(', ');
    return when(
      !sold.includes(memory),
      `Fargate does not sell cpu ${cpu} with memory ${memory}.`,
      `With cpu ${cpu} write a memory of ${range}.`,
    );
  },
};

const timesOutWithinInterval: Rule = {
  reads: [
    ['healthCheck', 'intervalSeconds'],
    ['healthCheck', 'timeoutSeconds'],
  ],
  judge: ({ values: { healthCheck } }) =>
    when(
      healthCheck.timeoutSeconds >= healthCheck.intervalSeconds,
      `The health check's timeout of ${healthCheck.timeoutSeconds} s is not below its interval of ${healthCheck.intervalSeconds} s.`,
      'Lower timeoutSeconds or raise intervalSeconds.',
    ),
};

const namesFit: Rule = {
  reads: [],
  judge: ({ tenant, environmentName }) => {
    const names = namesOf({ name: tenant, environment: { name: environmentName } });
    const kinds = Object.keys(nameLimits) as readonly (keyof Names)[];
    return kinds.flatMap((kind) => {
      const excess = names[kind].length - nameLimits[kind];
      return when(
        excess > 0,
        `The name ${names[kind]} has ${names[kind].length} characters; AWS takes ${nameLimits[kind]} for ${nameKinds[kind]}.`,
        `Shorten the tenant's or the environment's name by ${excess}.`,
      );
    });
  },
};

const hostFits: Rule = {
  reads: [['host']],
  judge: ({ values: { host }, environment }) =>
    when(
      environment !== undefined && host.length > 128,
      `The host ${host} has ${host.length} characters; a listener rule takes 128.`,
      'Write a shorter `host`.',
    ),
};

const pathFits: Rule = {
  reads: [['storage', 'path']],
  judge: ({ values: { storage } }) =>
    when(
      storage.path.length > 100,
      `The directory ${storage.path} has ${storage.path.length} characters; EFS takes 100.`,
      'Write a shorter `storage.path`.',
    ),
};

const databaseFits = (key: 'name' | 'user', most: number): Rule => ({
  reads: [['database', key]],
  judge: ({ values: { database } }) =>
    when(
      database[key].length > most,
      `The database ${key} ${database[key]} has ${database[key].length} characters; MySQL takes ${most}.`,
      `Write a shorter \`database.${key}\`.`,
    ),
});

/** In GRANT a name is a pattern: `_` is escaped, and MySQL counts what is written. */
const grantFits: Rule = {
  reads: [['database', 'name']],
  judge: ({ values: { database } }) => {
    const escaped = database.name.replaceAll('_', '__').length;
    return when(
      database.name.length <= 64 && escaped > 64,
      `The database name ${database.name} has ${escaped} characters in a GRANT, where each _ takes two; MySQL takes 64.`,
      'Write a shorter `database.name`, or one with fewer _.',
    );
  },
};

const tagsFit: Rule = {
  reads: [['tags']],
  judge: ({ values, environment }) => {
    const count = Object.keys({ ...environment?.tags, ...values.tags }).length + ourTags;
    return when(
      count > mostTags,
      `There are ${count} tags with the environment's and the ${ourTags} set on everything; AWS takes ${mostTags}.`,
      'Write fewer `tags`.',
    );
  },
};

const rules: readonly Rule[] = [
  hasImage,
  fitsFargate,
  timesOutWithinInterval,
  namesFit,
  hostFits,
  pathFits,
  databaseFits('name', 64),
  databaseFits('user', 32),
  grantFits,
  tagsFit,
];
