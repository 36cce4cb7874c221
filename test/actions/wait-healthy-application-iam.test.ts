// Law 7 for services and validation: every call they make is in their policy, and nothing else is.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type ApplicationLab, applicationFile, createApplicationLab } from '../application-lab.ts';

type Policy = { readonly Statement: readonly { readonly Action: readonly string[] }[] };

const prefixes: Readonly<Record<string, string>> = { elb: 'elasticloadbalancing' };
const listed = (file: string): readonly string[] => {
  const { Statement } = JSON.parse(readFileSync(file, 'utf8')) as Policy;
  return [...new Set(Statement.flatMap(({ Action }) => Action))].sort();
};
const called = ({ sandbox }: ApplicationLab, from = 0): readonly string[] => {
  const names = sandbox.calls
    .slice(from)
    .map(({ service, operation }) => `${prefixes[service] ?? service}:${operation}`);
  return [...new Set(names)].filter((name) => name !== 'sts:GetCallerIdentity').sort();
};

test('redeploy-services calls what iam.json lists, no more and no less', async () => {
  const lab = await createApplicationLab();
  lab.envelope.behave({ services: { hq: 'answers-500' } });
  await expect(lab.run('redeploy-services')).rejects.toThrow('1 of 6 services');
  expect(called(lab)).toEqual(listed('actions/redeploy-services/iam.json'));
});

test('wait-healthy of an application calls what iam.application.json lists, no more and no less', async () => {
  const text = readFileSync(applicationFile, 'utf8');
  const lab = await createApplicationLab();
  lab.edit(applicationFile, text.replace('  hq: {}\n', '  hq: { targetGroups: [envelope-prod-hq-tg] }\n'));
  await lab.run('wait-healthy', { tenant: '' });
  const earlier = called(lab);
  // Why a service failed is looked up only once it did.
  lab.envelope.behave({ services: { worker: 'crashes', hq: 'answers-500' } });
  await lab.run('redeploy-services', { services: 'worker,hq', 'timeout-minutes': '1' }).catch(() => {});
  const redeployed = lab.sandbox.calls.length;
  await expect(lab.run('wait-healthy', { tenant: '', 'timeout-minutes': '3' })).rejects.toThrow('worker');
  const names = new Set([...earlier, ...called(lab, redeployed)]);
  expect([...names].sort()).toEqual(listed('actions/wait-healthy/iam.application.json'));
});
