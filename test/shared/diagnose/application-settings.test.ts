// Services that share an image must run the same one, told the same: else what is provisioned stays pending.
import { expect, test } from '@jest/globals';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { applicationSettingsRules } from '../../../src/shared/diagnose/rules/application-settings.ts';
import type { ServiceSettings } from '../../../src/shared/diagnose/settings-evidence.ts';

const variables = { QUEUE_CONNECTION: 'redis', AWS_EVENTBRIDGE_BUS: 'envelope-prod-app-events' };
const service = (name: string, change: Partial<ServiceSettings> = {}): ServiceSettings => ({
  name,
  image: '123456789012.dkr.ecr.eu-west-2.amazonaws.com/envelope-api:v1.4.0',
  revision: `envelope-prod-${name}:7`,
  variables,
  ...change,
});

const told = (...services: readonly ServiceSettings[]) =>
  findAll(applicationSettingsRules, { facts: { application: 'envelope', environment: 'prod' }, services });

test('services that are set up alike, and those of other images, are nothing to speak of', () => {
  const hq = service('hq', { image: 'registry:5000/envelope-hq@sha256:00', variables: {} });
  expect(told(service('api'), service('worker'), hq)).toEqual([]);
  expect(told()).toEqual([]);
});

test('a worker that runs an older image than the api', () => {
  const older = service('worker', { image: service('api').image.replace('v1.4.0', 'v1.3.9') });
  const [first, ...others] = told(service('api'), older);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    id: 'application-worker-outdated',
    cause: expect.stringMatching(/^worker runs .*v1\.3\.9 and api/),
  });
  expect(first?.fix.join(' ')).toContain('`services: worker`');
});

test.each([
  [
    'worker',
    [service('api'), service('worker', { variables: { QUEUE_CONNECTION: 'redis' } })],
    'AWS_EVENTBRIDGE_BUS',
  ],
  [
    'worker',
    [service('api'), service('worker', { variables: { ...variables, QUEUE_CONNECTION: 'sync' } })],
    'QUEUE_CONNECTION',
  ],
  [
    'api',
    [service('api', { variables: { AWS_EVENTBRIDGE_BUS: 'envelope-prod-app-events' } }), service('worker')],
    'QUEUE_CONNECTION',
  ],
])('%s lacks what the other has', (name, services, variable) => {
  const [first] = told(...services);
  expect(first).toMatchObject({
    id: 'application-variable-missing',
    cause: expect.stringContaining(`${variable} of ${name} `),
  });
});
