import { describe, expect, test } from '@jest/globals';
import type { ProbeAnswer } from '../../sandbox/aws/containers/runtime.ts';
import { createSandbox } from '../../sandbox/aws/sandbox.ts';
import { type ApplicationLab, createApplicationLab } from '../application-lab.ts';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

const visit = ({ sandbox }: ApplicationLab, address: string): Promise<ProbeAnswer> => {
  const { hostname, pathname } = new URL(address);
  return sandbox.neighbours.elb.visit({ path: pathname, host: hostname, headers: {}, listenerPort: 443 });
};

describe("an application's platform", () => {
  test('all six services run as many tasks as they want, with the circuit breaker on', async () => {
    const { application, sandbox } = await createApplicationLab();
    const { ecs } = createClients(sandbox);
    const { services = [] } = await ecs.describeServices({
      cluster: application.cluster,
      services: application.services.map(({ service }) => service),
    });
    expect(services).toHaveLength(6);
    for (const { serviceName, runningCount, desiredCount, deployments, deploymentConfiguration } of services)
      expect({ serviceName, runningCount, deployments, deploymentConfiguration }).toMatchObject({
        runningCount: desiredCount,
        deployments: [{ rolloutState: 'COMPLETED' }],
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      });
  });

  test('every health check of the manifest is answered through the load balancer', async () => {
    const lab = await createApplicationLab();
    const answers = await Promise.all(lab.application.healthChecks.map(({ url }) => visit(lab, url)));
    expect(answers).toMatchObject([
      { status: 200, body: expect.stringContaining('Application up') },
      { status: 302 },
      { status: 200 },
    ]);
    expect(await visit(lab, 'https://nobody.envelope.host/')).toMatchObject({ status: 404 });
  });

  test("target groups check what the guide says, and hold the services' tasks", async () => {
    const { sandbox } = await createApplicationLab();
    const { elb } = createClients(sandbox);
    const { TargetGroups = [] } = await elb.describeTargetGroups({});
    const found = await Promise.all(
      TargetGroups.map(async ({ TargetGroupArn, HealthCheckPath, Matcher, Port }) => {
        const health = await elb.describeTargetHealth({ TargetGroupArn });
        const states = health.TargetHealthDescriptions?.map(({ TargetHealth: at }) => at?.State);
        return [Port, HealthCheckPath, Matcher?.HttpCode, states?.join()];
      }),
    );
    expect(found.toSorted()).toEqual([
      [3000, '/', '200,302', 'healthy'],
      [3000, '/', '200,302', 'healthy'],
      [8000, '/up', '200', 'healthy,healthy'],
    ]);
  });

  test("the guide's own look-ups find one private network for one-off tasks", async () => {
    const { sandbox } = await createApplicationLab();
    const { ec2 } = createClients(sandbox);
    const { Subnets = [] } = await ec2.describeSubnets({
      Filters: [{ Name: 'tag:Name', Values: ['*envelope*private*'] }],
    });
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({
      Filters: [{ Name: 'group-name', Values: ['*envelope*laravel*'] }],
    });
    expect(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(['eu-west-2a', 'eu-west-2b']);
    expect(SecurityGroups).toHaveLength(1);
    expect(SecurityGroups[0]?.VpcId).toBe(Subnets[0]?.VpcId);
  });

  test('the password comes out of the secret that RDS keeps, and is nowhere in the definition', async () => {
    const { application, sandbox } = await createApplicationLab();
    const { ecs, secrets } = createClients(sandbox);
    const { SecretList = [] } = await secrets.listSecrets({});
    const kept = SecretList.find(({ Name }) => Name?.startsWith('rds!db-'));
    const { SecretString = '{}' } = await secrets.getSecretValue({ SecretId: kept?.ARN });
    const { password } = JSON.parse(SecretString) as { readonly password: string };
    for (const { service } of application.services) {
      const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: service });
      expect(JSON.stringify(taskDefinition)).not.toContain(password);
    }
    const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: 'envelope-prod-api' });
    expect(taskDefinition?.containerDefinitions?.[0]?.secrets).toContainEqual({
      name: 'DB_PASSWORD',
      valueFrom: `${kept?.ARN}:password::`,
    });
  });

  test('beside the tenants’ environment in one account, but in no other account', async () => {
    const { application } = await createApplicationLab();
    const { accountId, region } = sit;
    const moved = { ...application, environment: { ...application.environment, accountId, region } };
    const { sandbox } = createFixture({ applications: [moved] });
    expect(
      (await createClients(sandbox).ecs.describeClusters({ clusters: ['sit-cluster'] })).clusters,
    ).toHaveLength(1);
    expect(() => createFixture({ applications: [application] })).toThrow('a sandbox of its own');
    const { clock } = createFixture();
    expect(() => createSandbox({ clock, runtime: () => undefined, platforms: [] })).toThrow(
      'one environment or',
    );
  });
});

describe('the database as somebody else sees it', () => {
  const groupOf = async (lab: ApplicationLab): Promise<string> => {
    const { rds } = createClients(lab.sandbox);
    const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: 'envelope-prod-db' });
    return DBInstances[0]?.VpcSecurityGroups?.[0]?.VpcSecurityGroupId ?? '';
  };

  test("it is private, and its port open to Laravel's processes only", async () => {
    const lab = await createApplicationLab();
    const { ec2, rds } = createClients(lab.sandbox);
    const { DBInstances = [] } = await rds.describeDBInstances({});
    expect(DBInstances).toMatchObject([
      { PubliclyAccessible: false, Engine: 'mariadb', Endpoint: { Port: 3306 } },
    ]);
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ GroupIds: [await groupOf(lab)] });
    const laravel = await ec2.describeSecurityGroups({
      Filters: [{ Name: 'group-name', Values: ['*laravel*'] }],
    });
    expect(SecurityGroups[0]?.IpPermissions).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 3306,
        ToPort: 3306,
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [
          { GroupId: laravel.SecurityGroups?.[0]?.GroupId, UserId: lab.sandbox.cloud.accountId },
        ],
      },
    ]);
  });

  test('tests may open it to the world', async () => {
    const lab = await createApplicationLab();
    const { ec2, rds } = createClients(lab.sandbox);
    const group = await groupOf(lab);
    const { neighbours } = lab.sandbox;
    neighbours.rds.change('envelope-prod-db', { publiclyAccessible: true });
    neighbours.ec2.setIngress(group, [
      { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, PrefixListIds: [{ PrefixListId: 'pl-6da54004' }] },
    ]);
    expect((await rds.describeDBInstances({})).DBInstances?.[0]?.PubliclyAccessible).toBe(true);
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ GroupIds: [group] });
    const [all, range, list] = SecurityGroups[0]?.IpPermissions ?? [];
    expect(all).toEqual({
      IpProtocol: '-1',
      IpRanges: [],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    });
    expect(range).toMatchObject({ FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    expect(list).toMatchObject({ PrefixListIds: [{ PrefixListId: 'pl-6da54004' }] });
    expect(() => neighbours.rds.change('envelope-dev-db', {})).toThrow('no database instance');
    expect(() => neighbours.ec2.setIngress('sg-0', [])).toThrow('no security group');
  });
});

describe('ECR', () => {
  test('tells tags and digests, and what is not there', async () => {
    const { sandbox } = await createApplicationLab();
    const { ecr } = createClients(sandbox);
    const digest = sandbox.neighbours.ecr.push({
      repository: 'envelope-hq',
      tags: ['latest', 'v2'],
      contents: 'two',
    });
    const { repositories = [] } = await ecr.describeRepositories({});
    expect(repositories.map(({ repositoryUri }) => repositoryUri)).toEqual(
      ['api', 'hq', 'tenant'].map((name) => `123456789012.dkr.ecr.eu-west-2.amazonaws.com/envelope-${name}`),
    );
    const { imageDetails = [] } = await ecr.describeImages({
      repositoryName: 'envelope-hq',
      imageIds: [{ imageTag: 'latest' }],
    });
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['latest', 'v2'] }]);
    const got = await ecr.batchGetImage({
      repositoryName: 'envelope-hq',
      imageIds: [{ imageTag: 'v1.0.0' }, { imageTag: 'v9' }],
    });
    expect(got.images).toHaveLength(1);
    expect(got.failures).toMatchObject([{ failureCode: 'ImageNotFound', imageId: { imageTag: 'v9' } }]);
    const missing = ecr.describeImages({ repositoryName: 'envelope-hq', imageIds: [{ imageTag: 'v9' }] });
    expect(await codeOf(missing)).toContain('ImageNotFoundException');
    expect(await codeOf(ecr.describeImages({ repositoryName: 'envelope-no' }))).toContain(
      'RepositoryNotFoundException',
    );
  });

  test('its login is good for a day’s half and for the account’s own registry', async () => {
    const { sandbox, clock } = await createApplicationLab();
    const { authorizationData = [] } = await createClients(sandbox).ecr.getAuthorizationToken({});
    const [login] = authorizationData;
    expect(login?.proxyEndpoint).toBe('https://123456789012.dkr.ecr.eu-west-2.amazonaws.com');
    expect(Buffer.from(login?.authorizationToken ?? '', 'base64').toString()).toMatch(/^AWS:./);
    expect(login?.expiresAt?.getTime()).toBeGreaterThan(clock.now() + 11 * 3_600_000);
  });
});
