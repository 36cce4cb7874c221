import { AccessPointAlreadyExists } from '@aws-sdk/client-efs';
import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { ResourceExistsException, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from '@jest/globals';
import { clientOptions, createClients, createFixture, sit } from './fixture.ts';

const errorOf = async (
  work: Promise<unknown>,
): Promise<Error & { readonly $metadata?: { httpStatusCode?: number; attempts?: number } }> =>
  work.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error) => error,
  );

describe('real SDK clients understand the answers', () => {
  test('JSON carries text, bytes, dates, lists and maps', async () => {
    const { sandbox, clock } = createFixture();
    const { secrets } = createClients(sandbox);
    const bytes = new Uint8Array([0, 255, 10, 13]);
    const id = 'sit/bytes';
    await secrets.createSecret({ Name: id, SecretBinary: bytes, Tags: [{ Key: 'k', Value: 'ü<&">' }] });
    const value = await secrets.getSecretValue({ SecretId: id });
    expect(Buffer.from(value.SecretBinary ?? []).equals(Buffer.from(bytes))).toBe(true);
    expect(value.CreatedDate?.getTime()).toBe(clock.now());
    const described = await secrets.describeSecret({ SecretId: id });
    expect(described.Tags).toEqual([{ Key: 'k', Value: 'ü<&">' }]);
    expect(described.VersionIdsToStages).toEqual({ [value.VersionId ?? '']: ['AWSCURRENT'] });
  });

  test('Query carries text that XML must escape, and nested lists of EC2 filters', async () => {
    const { sandbox } = createFixture();
    const { iam, ec2 } = createClients(sandbox);
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Sid: 'a<b>&"c"', Effect: 'Allow', Action: 's3:Get*', Resource: '*' },
    });
    const role = { RoleName: sit.executionRole, PolicyName: 'p' };
    await iam.putRolePolicy({ ...role, PolicyDocument: document });
    const { PolicyDocument = '' } = await iam.getRolePolicy(role);
    expect(decodeURIComponent(PolicyDocument)).toBe(document);
    const wanted = sit.network.subnets[1] ?? '';
    const found = await ec2.describeSubnets({
      Filters: [{ Name: 'subnet-id', Values: ['subnet-x', wanted] }],
    });
    expect(found.Subnets?.map(({ SubnetId }) => SubnetId)).toEqual([wanted]);
  });

  test('REST carries path labels, query values and lists in the query', async () => {
    const { sandbox } = createFixture();
    const { efs } = createClients(sandbox);
    const { AccessPointId: ResourceId } = await efs.createAccessPoint({
      FileSystemId: sit.fileSystem,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b c', Value: '2' },
      ],
    });
    await efs.untagResource({ ResourceId, TagKeys: ['a', 'b c'] });
    await efs.tagResource({ ResourceId, Tags: [{ Key: 'd', Value: '3' }] });
    expect((await efs.listTagsForResource({ ResourceId, MaxResults: 5 })).Tags).toEqual([
      { Key: 'd', Value: '3' },
    ]);
  });
});

describe('real SDK clients understand the errors', () => {
  test('JSON', async () => {
    const { secrets } = createClients(createFixture().sandbox);
    const error = await errorOf(secrets.createSecret({ Name: sit.database.masterSecret, SecretString: 'x' }));
    expect(error).toBeInstanceOf(ResourceExistsException);
    expect(error.message).toContain('already exists');
  });

  test('Query, with the modelled status', async () => {
    const { iam } = createClients(createFixture().sandbox);
    const error = await errorOf(iam.getRole({ RoleName: 'nobody' }));
    expect(error).toBeInstanceOf(NoSuchEntityException);
    expect(error.$metadata?.httpStatusCode).toBe(404);
  });

  test('EC2', async () => {
    const { ec2 } = createClients(createFixture().sandbox);
    const error = await errorOf(ec2.describeVpcs({ VpcIds: ['vpc-1'] }));
    expect([error.name, error.message]).toEqual([
      'InvalidVpcID.NotFound',
      "The vpc ID 'vpc-1' does not exist",
    ]);
  });

  test('REST, with members beside the message', async () => {
    const { efs } = createClients(createFixture().sandbox);
    const request = { FileSystemId: sit.fileSystem, ClientToken: 'once' };
    const { AccessPointId } = await efs.createAccessPoint(request);
    const error = await errorOf(efs.createAccessPoint(request));
    expect(error).toBeInstanceOf(AccessPointAlreadyExists);
    expect(error).toMatchObject({ AccessPointId, ErrorCode: 'AccessPointAlreadyExists' });
    expect(error.$metadata?.httpStatusCode).toBe(409);
  });

  test('an operation the sandbox does not know is named, and not tried again', async () => {
    const { sandbox } = createFixture();
    const secrets = new SecretsManager({ ...clientOptions(sandbox), maxAttempts: 3 });
    const error = await errorOf(secrets.rotateSecret({ SecretId: 'x' }));
    expect(error.name).toBe('UnknownOperation');
    expect(error.message).toContain('secretsmanager RotateSecret: the sandbox does not know it');
    expect(error.$metadata?.attempts).toBe(1);
  });
});
