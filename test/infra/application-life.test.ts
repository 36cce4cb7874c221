// A release of Envelope from its pipelines to the last look, and what goes wrong in one, under exactly the documented roles.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import { releasePhases } from '../../src/shared/fleet/application.ts';
import type { World } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import {
  type ApplicationLab,
  type ApplicationLabOptions,
  applicationFile,
  createApplicationLab,
} from '../application-lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { deploy, jobOf, type Phase, workflows } from './application-deployed.ts';

const slow = 120_000;

/** Assumes the role that the action asks for with a token of the job that runs it. */
const connectIn =
  ({ sandbox }: ApplicationLab): World['connect'] =>
  ({ region, roleArn = '', sessionName, sessionPolicy }) =>
    connectAws(
      {
        region,
        endpoint: 'http://sandbox.invalid',
        requestHandler: inProcessHandler(sandbox),
        credentials: async () => {
          const workflow = workflows[roleArn.split('-').at(-1) as Phase];
          const { Credentials } = await createClients(sandbox).sts.assumeRoleWithWebIdentity({
            RoleArn: roleArn,
            RoleSessionName: sessionName,
            WebIdentityToken: sandbox.mintToken({ sub: '', ...jobOf(workflow) }),
            ...(sessionPolicy !== undefined && { Policy: sessionPolicy }),
          });
          return {
            accessKeyId: Credentials?.AccessKeyId ?? '',
            secretAccessKey: Credentials?.SecretAccessKey ?? '',
            sessionToken: Credentials?.SessionToken ?? '',
          };
        },
      },
      clients,
    );

type Life = Pick<ApplicationLab, 'run' | 'sandbox' | 'lines'> & {
  /** Calls that were denied, by their names. */
  readonly denied: () => readonly string[];
};

const labUnderRoles = async (options: ApplicationLabOptions = {}): Promise<Life> => {
  const text = await readFile(applicationFile, 'utf8');
  const named = text.replace(/^ {4}# (roles:| {2}\w+: )/gm, '    $1');
  for (const phase of releasePhases) expect(named).toMatch(new RegExp(`^ {6}${phase}: `, 'm'));
  const lab = await createApplicationLab({ ...options, files: { [applicationFile]: named } });
  await deploy(lab.sandbox);
  // As the lab's own world, but for whom it connects as.
  const world: World = Object.create(lab.world, { connect: { value: connectIn(lab) } });
  return {
    ...lab,
    run: (action, given = {}) => lab.runIn(world, action, given),
    denied: () =>
      lab.sandbox.calls.flatMap(({ operation, errorCode }) =>
        errorCode && /AccessDenied|Unauthorized/.test(errorCode) ? [operation] : [],
      ),
  };
};

const failing = async (): Promise<{
  readonly kind: 'failed';
  readonly code: string;
  readonly message: string;
}> => ({
  kind: 'failed',
  code: 'JobFailed',
  message: 'composer install failed',
});

describe('under the documented roles', () => {
  test(
    'a release, a migration, a redeployment and a look are allowed everything that they ask for',
    async () => {
      const { run, denied, sandbox } = await labUnderRoles();
      const from = sandbox.calls.length;
      for (const pipeline of ['api', 'tenant', 'hq']) {
        const { status } = await run('trigger-pipeline', { pipeline, approval: 'approve' });
        expect([pipeline, status]).toEqual([pipeline, 'Succeeded']);
      }
      await run('run-db-init', { operation: 'migrate' });
      await run('redeploy-services');
      await run('wait-healthy');
      expect(denied()).toEqual([]);
      const asked = new Set(sandbox.calls.slice(from).map(({ operation }) => operation));
      for (const operation of [
        'StartPipelineExecution',
        'PutApprovalResult',
        'RunTask',
        'UpdateService',
        'DescribeDBInstances',
      ])
        expect([operation, asked.has(operation)]).toEqual([operation, true]);
    },
    slow,
  );

  test(
    'a build that fails is explained and its stage retried',
    async () => {
      const { run, denied, sandbox } = await labUnderRoles({ works: { 'api/Build': failing } });
      await expect(
        run('trigger-pipeline', { pipeline: 'api', approval: 'approve', 'retry-failed-stage': '1' }),
      ).rejects.toThrow(/Build/);
      expect(denied()).toEqual([]);
      expect(sandbox.calls.some(({ operation }) => operation === 'RetryStageExecution')).toBe(true);
    },
    slow,
  );

  test(
    'nobody’s approval is given where people are to give it',
    async () => {
      const { run, denied, sandbox } = await labUnderRoles();
      await deploy(sandbox, { AllowApproval: 'false' });
      await expect(run('trigger-pipeline', { pipeline: 'api', approval: 'approve' })).rejects.toThrow();
      expect(denied()).toContain('PutApprovalResult');
    },
    slow,
  );
});
