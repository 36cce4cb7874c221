// The search for leaks, searched: one planted in each form and each place is found, or law 6 would prove nothing.
import { describe, expect, test } from '@jest/globals';
import { createLab } from '../lab.ts';
import { leaksIn, placeOfRequest, placesInSandbox, placesOfStep } from './leaks.ts';

/** Every kind of character that some encoding changes. */
const oddPassword = 'Ob"vi\\ously %& fake+/=ü<~>0';

describe('a planted leak is found', () => {
  const secrets = { password: oddPassword };
  const bytes = Buffer.from(oddPassword);
  const base64After = (prefix: string): string =>
    Buffer.from(`${prefix}${oddPassword} and more`).toString('base64');

  test.each([
    ['raw', oddPassword],
    ['JSON', JSON.stringify({ password: oddPassword })],
    ['JSON in JSON', JSON.stringify({ SecretString: JSON.stringify({ password: oddPassword }) })],
    ['URL', `/?p=${encodeURIComponent(oddPassword)}`],
    ['URL', new URLSearchParams({ password: oddPassword }).toString()],
    ['URL', [...bytes].map((byte) => `%${byte.toString(16)}`).join('')],
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ['base64', base64After('')],
    ['base64', base64After('a')],
    ['base64', base64After('ab')],
    ['base64', base64After('admin:')],
    ['base64', Buffer.from(oddPassword).toString('base64url')],
    ['a piece of it', `cut off: ${oddPassword.slice(0, 14)}`],
  ])('in the form %s: %#', (form, text) => {
    expect(leaksIn([{ where: 'log', text: `before ${text} after` }], secrets)).toEqual([
      `password (${form}) in log`,
    ]);
  });

  test('in what a step leaves behind', () => {
    const end = {
      exitCode: 0,
      lines: ['password: ***'],
      raw: [`password: ${oddPassword}`],
      commands: [],
      outputs: { plan: JSON.stringify({ oddPassword }) },
      state: { login: bytes.toString('hex') },
      summary: `| ${oddPassword} |`,
    };
    expect(leaksIn(placesOfStep(end), secrets)).toEqual([
      'password (raw) in log',
      'password (JSON) in output plan',
      'password (hex) in state login',
      'password (raw) in summary',
    ]);
  });

  test('in a request, wherever it is not the value of a secret', () => {
    const send = (target: string, body: object) =>
      leaksIn(
        [
          placeOfRequest({
            method: 'POST',
            path: '/',
            query: new URLSearchParams(),
            headers: { 'x-amz-target': target },
            body: JSON.stringify(body),
          }),
        ],
        secrets,
      );
    const SecretString = JSON.stringify({ password: oddPassword });
    expect(send('secretsmanager.CreateSecret', { Name: 'a', SecretString })).toEqual([]);
    expect(send('secretsmanager.PutSecretValue', { SecretId: 'a', SecretString })).toEqual([]);
    expect(send('secretsmanager.CreateSecret', { Name: 'a', Description: SecretString })).toHaveLength(1);
    expect(send('secretsmanager.UpdateSecret', { SecretId: 'a', SecretString })).toHaveLength(1);
  });

  test("in a task definition's environment, an override, a tag and a container's log", async () => {
    const { sandbox, world } = await createLab();
    const { ecs } = world.connect({ region: 'eu-west-1', roleArn: undefined, sessionName: 'tests' });
    const environment = [{ name: 'DB_PASSWORD', value: oddPassword }];
    const family = 'leaky';
    await ecs.registerTaskDefinition({
      family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'wordpress:6', environment }],
    });
    await ecs.runTask({
      cluster: 'sit-cluster',
      taskDefinition: family,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-09d1d2de85ae02264'] } },
      overrides: { containerOverrides: [{ name: 'app', environment }] },
    });
    sandbox.neighbours.logs.put({ group: '/ecs/sit', stream: 'app', message: `using ${oddPassword}` });
    const found = leaksIn(await placesInSandbox(sandbox), secrets);
    expect(found.map((leak) => leak.replace(/task arn:.*/, 'task'))).toEqual([
      'password (JSON) in recorded RegisterTaskDefinition',
      'password (JSON) in recorded RunTask',
      'password (JSON) in snapshot',
      'password (JSON) in task',
      'password (raw) in log group /ecs/sit',
    ]);
  });
});
