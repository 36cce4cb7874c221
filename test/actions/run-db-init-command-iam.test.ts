// Law 7 for command and migrate: every call they make is in iam.application.json, and nothing else is.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createPlayed, ends, migrating, playing } from './run-db-init-command-kit.ts';

type Policy = { readonly Statement: readonly { readonly Action: readonly string[] }[] };

/** Roles handed to ECS and tags given with a task are permissions, not calls; who one is may be asked by all. */
const notCalls = ['iam:PassRole', 'ecs:TagResource', 'sts:GetCallerIdentity'];

test('command and migrate call what iam.application.json lists, no more and no less', async () => {
  const { Statement } = JSON.parse(
    readFileSync('actions/run-db-init/iam.application.json', 'utf8'),
  ) as Policy;
  const { lab, play } = await createPlayed();
  const from = lab.sandbox.calls.length;
  play(ends(0));
  await lab.run('run-db-init', playing);
  play(() => {});
  await expect(lab.run('run-db-init', { ...playing, 'timeout-minutes': '1' })).rejects.toThrow('was stopped');
  await lab.run('run-db-init', migrating);
  const called = lab.sandbox.calls.slice(from).map(({ service, operation }) => `${service}:${operation}`);
  const without = (names: readonly string[]) =>
    [...new Set(names)].filter((name) => !notCalls.includes(name)).sort();
  expect(without(called)).toEqual(without(Statement.flatMap(({ Action }) => Action)));
});
