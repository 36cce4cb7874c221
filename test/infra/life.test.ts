// A tenant's whole life under exactly the documented roles, session policies included, whatever the access strategy.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { World } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import { boundary, type Strategy, slow, strategies } from '../actions/access-lab.ts';
import { createLab, type Lab } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp, tearDown } from '../scenario.ts';
import { deploy, jobIn } from './deployed.ts';

const manifest = 'examples/wpsit/environments/sit.yml';

const settings = (strategy: Strategy): string => `
roles:
  deploy: sit-tenants-deploy
  database: sit-tenants-database
  rollback: sit-tenants-rollback
access:
  strategy: ${strategy}
  permissionsBoundary: ${boundary}
`;

/** Assumes the role that the action asks for with a token of the job that runs it. */
const connectIn =
  ({ sandbox }: Lab): World['connect'] =>
  ({ region, roleArn, sessionName, sessionPolicy }) =>
    connectAws(
      {
        region,
        endpoint: 'http://sandbox.invalid',
        requestHandler: inProcessHandler(sandbox),
        credentials: async () => {
          const { Credentials } = await createClients(sandbox).sts.assumeRoleWithWebIdentity({
            RoleArn: roleArn,
            RoleSessionName: sessionName,
            WebIdentityToken: sandbox.mintToken({ sub: '', ...jobIn('tenant.yml') }),
            Policy: sessionPolicy,
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

const labUnderRoles = async (strategy: Strategy): Promise<Pick<Lab, 'run' | 'sandbox' | 'edit'>> => {
  const lab = await createLab();
  await deploy(lab.sandbox);
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\n${settings(strategy)}`);
  const world: World = { ...lab.world, connect: connectIn(lab) };
  return { ...lab, run: (action, given = {}) => lab.runIn(world, action, given) };
};

describe.each(strategies)('%s', (strategy) => {
  test(
    'in, healthy, changed, back, and out again',
    async () => {
      const lab = await labUnderRoles(strategy);
      const tenant = 'examples/wpsit/tenants/goldencrust.yml';
      await bringUp(lab);
      lab.edit(tenant, `${await readFile(tenant, 'utf8')}\nimage: wordpress:6.9-php8.3-apache\n`);
      await lab.run('provision-tenant');
      await lab.run('wait-healthy');
      await lab.run('rollback-tenant', { mode: 'previous-revision' });
      await tearDown(lab);
      const denied = lab.sandbox.calls.filter(({ errorCode }) => errorCode?.includes('AccessDenied'));
      expect(denied).toEqual([]);
    },
    slow,
  );
});

test(
  'without the boundary a role of its own is not made',
  async () => {
    const lab = await labUnderRoles('role-per-tenant');
    const text = `${await readFile(manifest, 'utf8')}\n${settings('role-per-tenant')}`;
    lab.edit(manifest, text.replace(/ {2}permissionsBoundary.*\n/, ''));
    await expect(lab.run('provision-tenant')).rejects.toThrow('iam:CreateRole');
  },
  slow,
);
