// Who may import whom, as data. The first matching rule speaks; a rule allows nothing, it only forbids.
import type { Import } from './source.ts';

export type Rule = {
  /** Files the rule is for. */
  readonly from: RegExp;
  /** What they may not import. */
  readonly forbids: (target: Import, file: string) => boolean;
  readonly why: string;
  readonly instead: string;
};

const shipped = /^(src|actions)\//;
const main = /^actions\/[^/]+\/src\/main\.ts$/;
const room = /^(actions\/[^/]+\/)/;
const edge = /^src\/shared\/(action|world[^/]*|credentials|http)\.ts$/;
/** Each loads one service's client, with the calls that actions make. */
const clients = /^src\/shared\/aws\//;
const action = 'src/shared/action.ts';
const reach = ['src/shared/credentials.ts', 'src/shared/world-github.ts'];
/** The sets of services that a bundle holds clients of. */
const reaches = /^src\/shared\/aws\/reach-[a-z]+\.ts$/;

const sameRoom = (target: string, file: string): boolean => {
  const folder = room.exec(file)?.[1];
  return folder !== undefined && target.startsWith(folder);
};
const isSdk = ({ kind, target }: Import): boolean =>
  kind === 'package' && /^@(aws-sdk|smithy|aws)\//.test(target);
const isEffect = ({ kind, target }: Import): boolean =>
  kind === 'node' &&
  /^node:(fs|http|https|http2|net|tls|dns|dgram|os|process|timers|worker_threads)(\/|$)/.test(target);

export const rules: readonly Rule[] = [
  {
    from: main,
    forbids: ({ target }, file) =>
      target !== action && !reach.includes(target) && !reaches.test(target) && !sameRoom(target, file),
    why: 'main.ts only hands its module to runAction, with the parts of the world it needs',
    instead: `import ${action}, ${reach.join(', ')}, src/shared/aws/reach-*.ts and the module beside it`,
  },
  {
    from: /^actions\//,
    forbids: ({ kind, target }, file) =>
      kind === 'own' && target.startsWith('actions/') && !sameRoom(target, file),
    why: 'an action knows no other action',
    instead: 'move what both need to src/shared',
  },
  {
    from: /^actions\/[^/]+\/src\/(?!main\.ts)/,
    forbids: ({ target }) => target === action,
    why: 'runAction runs the module, never the other way round',
    instead: 'export inputs, outputs and run, and let main.ts call runAction',
  },
  {
    from: /^src\//,
    forbids: ({ kind, target }) => kind === 'own' && target.startsWith('actions/'),
    why: 'shared code serves all actions and knows none',
    instead: 'pass the value as an argument',
  },
  {
    from: /^(?!(sandbox|test|scripts)\/)/,
    forbids: ({ kind, target }) => kind === 'own' && /^(sandbox|test|scripts|examples)\//.test(target),
    why: 'what users run does not contain the sandbox, tests or scripts',
    instead: 'let the test or script pass a World',
  },
  {
    from: /^sandbox\//,
    forbids: ({ kind, target }) => kind === 'own' && /^(test|scripts|actions)\//.test(target),
    why: 'the sandbox is AWS and knows none of its callers',
    instead: 'pass the value as an argument',
  },
  {
    from: shipped,
    forbids: ({ target }, file) => target === '@actions/core' && file !== action,
    why: `only ${action} talks to the runner`,
    instead: 'use world.log, or return an output',
  },
  {
    from: shipped,
    forbids: ({ kind, target }, file) =>
      kind === 'package' && target.startsWith('@actions/') && !edge.test(file),
    why: "the runner's tools are part of the world",
    instead: 'use world.exec or world.log',
  },
  {
    from: shipped,
    forbids: (found, file) =>
      isSdk(found) && found.form !== 'type' && !edge.test(file) && !clients.test(file),
    why: 'only src/shared/aws makes clients',
    instead: 'write `import type`, and take the client from the world',
  },
  {
    from: edge,
    forbids: (found) => (isSdk(found) || clients.test(found.target)) && found.form === 'value',
    why: 'an action that stops early would pay for loading it',
    instead: 'load it by `await import()` where it is first used',
  },
  {
    from: /^(src|actions)\/(?!shared\/world-aws\.ts$)/,
    forbids: ({ target, form }, file) =>
      clients.test(target) &&
      form !== 'type' &&
      !clients.test(file) &&
      !(main.test(file) && reaches.test(target)),
    why: 'clients are part of the world',
    instead: 'take the client from the world',
  },
  {
    from: /^(?!(sandbox|test|scripts)\/)/,
    forbids: ({ target }) => target === 'node:child_process',
    why: 'processes are part of the world',
    instead: 'use world.exec',
  },
  {
    from: shipped,
    forbids: (found, file) => isEffect(found) && found.form !== 'type' && !edge.test(file),
    why: 'files, network and time are part of the world',
    instead: 'use world.files, world.http or world.clock',
  },
  {
    from: /^src\/shared\/(fleet|judge|diagnose)\//,
    forbids: ({ kind, target, form }) =>
      kind === 'own' &&
      form !== 'type' &&
      !/^src\/shared\/((fleet|judge|diagnose)\/|errors\.ts$)/.test(target),
    why: 'pure code decides over plain values',
    instead: 'write `import type`, or pass the value as an argument',
  },
  {
    from: /^src\/shared\/fleet\//,
    forbids: ({ kind, target, form }) =>
      kind !== 'own' && form !== 'type' && !['yaml', 'zod', 'node:crypto'].includes(target),
    why: 'manifests need yaml, zod and hashes only',
    instead: 'write `import type`, or move the code out of fleet/',
  },
  {
    from: /^src\/shared\/(judge|diagnose)\//,
    forbids: ({ kind, form }) => kind !== 'own' && form !== 'type',
    why: 'a judgement needs nothing but what was seen',
    instead: 'write `import type`, or move the code out of this folder',
  },
];

export const forbiddenBy = (found: Import, file: string): Rule | undefined =>
  rules.find(({ from, forbids }) => from.test(file) && forbids(found, file));
