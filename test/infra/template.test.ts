// The template is what actions/*/iam.json say, and what the sandbox does not know of one is an error that names it.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { evaluateTemplate } from '../../sandbox/aws/infra-template.ts';
import { parameters, resourcesOf, templateFile } from './deployed.ts';

/** A copy of what the script reads. */
const copyOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'infra-'));
  await cp('infra', join(folder, 'infra'), { recursive: true });
  await cp('actions', join(folder, 'actions'), {
    recursive: true,
    filter: (path) => !/\/(dist|src)$/.test(path),
  });
  return folder;
};

/** Exit code and standard error of scripts/infra.ts. */
const generate = (...given: readonly string[]): { readonly code: number; readonly said: string } => {
  try {
    execFileSync(process.execPath, ['scripts/infra.ts', ...given], { stdio: 'pipe' });
    return { code: 0, said: '' };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    return { code: status, said: stderr.toString() };
  }
};

describe('the generated policies', () => {
  test('are what iam.json says', () => {
    expect(generate('--check')).toEqual({ code: 0, said: '' });
  }, 60_000);

  test('differ once iam.json does, and are written again', async () => {
    const folder = await copyOf();
    const policy = join(folder, 'actions/run-db-init/iam.json');
    await writeFile(policy, (await readFile(policy, 'utf8')).replace('ecs:RunTask', 'ecs:StartTask'));
    expect(generate(folder, '--check')).toMatchObject({
      code: 1,
      said: expect.stringContaining('npm run docs'),
    });
    expect(generate(folder).code).toBe(0);
    expect(await readFile(join(folder, templateFile), 'utf8')).toContain('ecs:StartTask');
    expect(generate(folder, '--check').code).toBe(0);
    await rm(folder, { recursive: true });
  }, 60_000);

  test('that would not fit on a role are a problem', async () => {
    const folder = await copyOf();
    const policy = join(folder, 'actions/run-db-init/iam.json');
    const long = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['ecs:RunTask'],
          Resource: Array(200).fill(`arn:aws:ecs:::${'x'.repeat(60)}`),
        },
      ],
    });
    await writeFile(policy, long);
    expect(generate(folder)).toMatchObject({ code: 1, said: expect.stringContaining('IAM allows 10240') });
    await rm(folder, { recursive: true });
  }, 60_000);

  test('grant what the environment calls its things', async () => {
    const text = JSON.stringify(
      await resourcesOf({
        EnvironmentName: 'prod',
        Cluster: 'main',
        ExecutionRoleName: 'starter',
        LogGroup: '/wordpress',
        MasterSecret: 'rds/master',
        BasicAuthSecret: 'door',
      }),
    );
    for (const part of [
      'cluster/main"',
      'service/main/prod-*',
      'role/starter"',
      'log-group:/wordpress:*',
      'secret:rds/master-*',
      'secret:door-*',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('sit-');
    expect(text).not.toContain('${');
  });
});

const evaluate = (template: string, given: Readonly<Record<string, string>> = {}) =>
  evaluateTemplate(template, {
    accountId: '1',
    region: 'eu-west-1',
    parameters: given,
    refer: ({ type }) => type,
  });

describe('a template that the sandbox cannot read', () => {
  test.each([
    ['an unknown function', 'Resources: {A: {Type: T, Properties: {P: {"Fn::Cidr": [x]}}}}', 'Fn::Cidr'],
    ['a name that is nowhere', 'Resources: {A: {Type: T, Properties: {P: !Ref Nowhere}}}', 'Nowhere'],
    ['an unknown condition', 'Resources: {A: {Type: T, Condition: C}}', 'no condition C'],
    ['a parameter without a value', 'Parameters: {P: {Type: String}}', 'Parameter P'],
  ])('%s is named', (_, template, named) => {
    expect(() => evaluate(template)).toThrow(named);
  });

  test.each([
    ['a parameter that it does not have', { Other: 'x' }, 'no parameter Other'],
    ['a value that it does not allow', { GitHubOwnerId: 'your-org' }, 'GitHubOwnerId'],
    ['a value that is not in its list', { CreateOidcProvider: 'yes' }, 'CreateOidcProvider'],
  ])('%s is named', async (_, given, named) => {
    const text = await readFile(templateFile, 'utf8');
    expect(() => evaluate(text, { ...parameters, ...given })).toThrow(named);
  });
});

describe('functions', () => {
  test('give what CloudFormation gives', () => {
    const { resources, outputs } = evaluate(
      `
Parameters: {Name: {Type: String, Default: ''}, Other: {Type: String, Default: o}}
Conditions:
  HasName: !Not [!Equals [!Ref Name, '']]
  HasOther: !Equals [!Ref Other, o]
  Both: !And [!Condition HasName, !Condition HasOther]
  Either: !Or [!Condition HasName, !Condition HasOther]
Resources:
  A:
    Type: T
    Properties:
      gone: !If [HasName, x, !Ref AWS::NoValue]
      list: [!If [HasName, x, !Ref 'AWS::NoValue'], !Sub '\${AWS::Region}', z]
      sub: !Sub ['\${Other}-\${B}-\${!Literal}', {B: !If [Either, b, c]}]
      both: !If [Both, 1, 2]
  Never: {Type: T, Condition: HasName}
Outputs: {A: {Value: !GetAtt A.Arn}}
`,
    );
    expect(Object.keys(resources)).toEqual(['A']);
    expect(resources.A?.properties).toEqual({
      list: ['eu-west-1', 'z'],
      sub: expect.stringMatching(/^o-b-\$\{Literal\}$/),
      both: 2,
    });
    expect(outputs).toEqual({ A: 'T' });
  });
});
