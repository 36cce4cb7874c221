// What is wrong with a tenant is what wait-healthy says first, wherever it lies; where nothing is, no rule says a word.
import { describe, expect, test } from '@jest/globals';
import { secretName } from '../sandbox/harsh-kit.ts';
import { arrange, endOf, record, type Situation, watchEveryPoll } from './diagnosis-kit.ts';
import { databases, deployments, pages, routes } from './diagnosis-sites.ts';
import { ends, starts } from './diagnosis-tasks.ts';

const scenarios = [...starts, ...ends, ...databases, ...pages, ...routes, ...deployments];

describe('told first', () => {
  test.each(scenarios)('$story: $rule', async (scenario) => {
    const ended = await endOf(scenario);
    expect(ended.ids[0]).toBe(scenario.rule);
    if (scenarios.find(({ rule }) => rule === scenario.rule) === scenario) record(scenario, ended);
  });
});

const fine: readonly Situation[] = [
  { story: 'a fresh WordPress' },
  { story: 'an installed WordPress', tag: 'installed' },
  { story: 'a slow start', tag: 'slow' },
  { story: 'two tasks that start slowly', tag: 'slow', lines: 'desiredCount: 2\n' },
  { story: 'permissions that come into force late', settings: { policyLagMs: 20_000 } },
  {
    story: 'reads that lag behind',
    settings: { readLagMs: 4_000 },
    arrange: ({ lab }) => lab.clock.sleep(5_000),
  },
  {
    story: 'a database that comes late',
    arrange: ({ lab }) => {
      lab.database.setFull(true);
      lab.clock.after(45_000, () => lab.database.setFull(false));
    },
  },
  {
    story: 'a password that is set late',
    arrange: async ({ lab, clients: { secrets } }) => {
      const { SecretString = '' } = await secrets.getSecretValue({ SecretId: secretName });
      const { password } = JSON.parse(SecretString);
      lab.database.setPassword('goldencrust_user', 'made-up-and-other');
      lab.clock.after(40_000, () => lab.database.setPassword('goldencrust_user', password));
    },
  },
];

describe('nothing is told', () => {
  test.each(fine)('of $story', async (situation) => {
    const { heard, isHealthy, polls } = await watchEveryPoll(await arrange(situation));
    expect({ heard, isHealthy }).toEqual({ heard: [], isHealthy: true });
    expect(polls).toBeGreaterThan(3);
  });
});
