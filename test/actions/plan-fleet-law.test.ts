// A plan only describes: every call it makes is in its documented list, and nothing else is.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { ServiceName } from '../../sandbox/aws/cloud.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { planOf, provisionAll, without } from './plan-fleet-kit.ts';

const prefixes: Readonly<Partial<Record<ServiceName, string>>> = {
  efs: 'elasticfilesystem',
  elb: 'elasticloadbalancing',
  secrets: 'secretsmanager',
};

type Policy = { readonly Statement: readonly { readonly Action: readonly string[] }[] };
const { Statement } = JSON.parse(readFileSync('actions/plan-fleet/iam.json', 'utf8')) as Policy;
const listed = [...new Set(Statement.flatMap(({ Action }) => Action))].sort();

const sit = 'examples/wpsit/environments/sit.yml';
const text = readFileSync(sit, 'utf8');
const pilot = 'examples/wpsit/tenants/goldencrust.yml';

/** Everything that a plan can come to see: nothing, all, some, too much, by each strategy. */
const scenes: Readonly<Record<string, (lab: Lab) => Promise<Lab['world']>>> = {
  'an empty environment whose file system is given by name': async (lab) => {
    lab.edit(sit, text.replace('fs-0be15624e203bf94a', 'sit-efs'));
    return lab.world;
  },
  'a tenant that is there': async (lab) => {
    await provisionAll(lab, ['goldencrust']);
    return lab.world;
  },
  'a tenant without a manifest': async (lab) => {
    await provisionAll(lab, ['goldencrust']);
    lab.edit(sit, text.replace(/ {2}- name: pilot\n.*\n/, ''));
    return without(lab.world, pilot);
  },
  'a role for each tenant': async (lab) => {
    lab.edit(sit, `${text}\naccess:\n  strategy: role-per-tenant\n`);
    await provisionAll(lab, ['goldencrust']);
    return lab.world;
  },
  'a retired tenant': async (lab) => {
    await provisionAll(lab, ['goldencrust']);
    lab.edit(sit, text.replace(/ {2}- name: pilot\n.*\n/, ''));
    lab.edit(pilot, `${readFileSync(pilot, 'utf8')}state: retired\n`);
    return lab.world;
  },
};

const called = new Set<string>();

describe('plan-fleet', () => {
  test.each(Object.entries(scenes))('writes nothing and reads no secret of %s', async (_, arrange) => {
    const lab = await createLab();
    const world = await arrange(lab);
    const from = lab.sandbox.calls.length;
    await planOf(world);
    const calls = lab.sandbox.calls.slice(from);
    expect(calls.length).toBeGreaterThan(15);
    expect(writesOf(lab, from)).toEqual([]);
    for (const { service, operation } of calls) called.add(`${prefixes[service] ?? service}:${operation}`);
    expect([...called]).not.toContain('secretsmanager:GetSecretValue');
  });

  test('calls what its iam.json lists, no more and no less', () => {
    // Nobody needs a permission to ask who he is.
    expect([...called].filter((name) => name !== 'sts:GetCallerIdentity').sort()).toEqual(listed);
  });

  test('its list holds reads only', () => {
    expect(listed.filter((name) => !/:(Describe|List|Get)/.test(name))).toEqual([]);
    expect(listed).not.toContain('secretsmanager:GetSecretValue');
  });
});
