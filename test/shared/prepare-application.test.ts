// How an action of an application starts: with the manifest's values, as the phase's role, in the right account and region.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { releasePhases } from '../../src/shared/fleet/application.ts';
import { prepareApplication } from '../../src/shared/prepare-application.ts';
import type { Connection, World } from '../../src/shared/world.ts';
import { createLab } from '../lab.ts';

const path = 'examples/envelope/applications/envelope.yml';

type Change = {
  readonly manifest?: (text: string) => string;
  readonly region?: string;
  readonly role?: string;
};

/** The sandbox's account is 815856636111, in eu-west-1. */
const ours = (text: string): string =>
  text.replace('123456789012', '815856636111').replace('eu-west-2', 'eu-west-1');

const prepared = async (phase: (typeof releasePhases)[number], change: Change = {}) => {
  const lab = await createLab();
  lab.edit(path, (change.manifest ?? ours)(readFileSync(path, 'utf8')));
  const connections: Connection[] = [];
  const world: World = {
    ...lab.world,
    ambientRegion: change.region,
    connect: (connection) => {
      connections.push(connection);
      return lab.world.connect(connection);
    },
  };
  const inputs = {
    fleet: 'examples/envelope',
    application: 'envelope',
    environment: 'prod',
    roleToAssume: change.role,
    timeoutMinutes: 2,
  };
  const around = prepareApplication(inputs, world, phase);
  await around.catch(() => {});
  return { around, connections, lab };
};

test('with its own credentials it takes one call, and knows when to give up', async () => {
  const { around, lab } = await prepared('release');
  const { application, deadline, runToken } = await around;
  expect(application).toMatchObject({ name: 'envelope', cluster: 'envelope-prod-cluster' });
  expect(deadline - lab.clock.now()).toBe(120_000);
  expect(runToken).toMatch(/^[0-9a-f]{16}$/);
  expect(lab.sandbox.calls.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
});

describe('the role', () => {
  const roles = releasePhases.map((phase) => `${phase}: "{application}-{environment}-${phase}"`).join(', ');
  const manifest = (text: string) => `${ours(text)}\n    roles: {${roles}}\n`;

  test.each(releasePhases)(
    "is the manifest's for %s, under a name that tells the application",
    async (phase) => {
      const { connections } = await prepared(phase, { manifest });
      expect(connections).toEqual([
        {
          region: 'eu-west-1',
          roleArn: `arn:aws:iam::815856636111:role/envelope-prod-${phase}`,
          sessionName: expect.stringMatching(new RegExp(`^${phase}-envelope-`)),
          roleFrom: { phase, key: `environments.prod.roles.${phase}`, file: 'applications/envelope.yml' },
        },
      ]);
    },
  );

  test("is the input's before the manifest's", async () => {
    const role = 'arn:aws:iam::815856636111:role/other';
    expect((await prepared('command', { manifest, role })).connections[0]).toMatchObject({ roleArn: role });
  });
});

describe('is refused before anything is written', () => {
  test.each<[string, Change, RegExp]>([
    [
      'in another account',
      { manifest: (text) => text.replace('eu-west-2', 'eu-west-1') },
      /environments\.prod\.accountId in applications\/envelope\.yml/,
    ],
    [
      'as a role of another account',
      { role: 'arn:aws:iam::999999999999:role/x' },
      /999999999999[\s\S]*815856636111/,
    ],
    ['in another region', { region: 'eu-central-1' }, /eu-central-1[\s\S]*environments\.prod\.region/],
    ['with a wrong manifest', { manifest: (text) => text.replace('cluster:', 'clutser:') }, /clutser/],
  ])('%s', async (_, change, message) => {
    const { around, lab } = await prepared('release', change);
    await expect(around).rejects.toThrow(message);
    expect(lab.sandbox.calls.filter(({ operation }) => operation !== 'GetCallerIdentity')).toEqual([]);
  });
});
