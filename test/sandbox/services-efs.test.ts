import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

describe('EFS', () => {
  const create = async (options: Parameters<typeof createFixture>[0] = {}) => {
    const { sandbox, clock } = createFixture(options);
    return { sandbox, clock, efs: createClients(sandbox).efs };
  };
  const request = {
    ClientToken: 'sit-x',
    FileSystemId: sit.fileSystem,
    PosixUser: { Uid: 33, Gid: 33 },
    RootDirectory: { Path: '/x', CreationInfo: { OwnerUid: 33, OwnerGid: 33, Permissions: '755' } },
  };

  test('an access point is creating, available, deleting, gone; its directory stays', async () => {
    const { sandbox, clock, efs } = await create();
    const { AccessPointId = '' } = await efs.createAccessPoint(request);
    const state = async (): Promise<string | undefined> =>
      (await efs.describeAccessPoints({ AccessPointId })).AccessPoints?.[0]?.LifeCycleState;
    expect(await state()).toBe('creating');
    await clock.sleep(5_000);
    expect(await state()).toBe('available');
    expect(sandbox.neighbours.efs.accessPoint(AccessPointId)).toEqual({
      access: { uid: 33, gid: 33, permissions: '755' },
      fileSystemId: sit.fileSystem,
      state: 'available',
    });
    await efs.deleteAccessPoint({ AccessPointId });
    expect(await state()).toBe('deleting');
    await clock.sleep(5_000);
    expect(await codeOf(state())).toContain('AccessPointNotFound');
    expect(sandbox.neighbours.efs.snapshot()).toMatchObject({
      accessPoints: [],
      directories: [`${sit.fileSystem}:/x`],
    });
  });

  test.each([
    ['a missing file system', { FileSystemId: 'fs-00000000000000000' }, 'FileSystemNotFound'],
    ['a path of five levels', { RootDirectory: { Path: '/a/b/c/d/e' } }, 'ValidationException'],
    [
      'permissions that are none',
      { RootDirectory: { Path: '/a', CreationInfo: { OwnerUid: 1, OwnerGid: 1, Permissions: '999' } } },
      'ValidationException',
    ],
  ])('%s is refused', async (_what, change, code) => {
    const { efs } = await create();
    expect(await codeOf(efs.createAccessPoint({ ...request, ...change }))).toContain(code);
  });

  test('found by file system in pages of one, and late where reads lag', async () => {
    const { efs, clock } = await create({ settings: { pageSize: 1, readLagMs: 1_000 } });
    await efs.createAccessPoint(request);
    await efs.createAccessPoint({ ...request, ClientToken: 'sit-y' });
    const FileSystemId = sit.fileSystem;
    expect((await efs.describeAccessPoints({ FileSystemId })).AccessPoints).toEqual([]);
    await clock.sleep(1_000);
    const first = await efs.describeAccessPoints({ FileSystemId });
    const second = await efs.describeAccessPoints({ FileSystemId, NextToken: first.NextToken });
    const tokens = [first, second].map(({ AccessPoints }) =>
      AccessPoints?.map(({ ClientToken }) => ClientToken),
    );
    expect(tokens).toEqual([['sit-x'], ['sit-y']]);
    expect(second.NextToken).toBeUndefined();
    expect(await codeOf(efs.describeAccessPoints({ NextToken: first.NextToken }))).toContain('BadRequest');
  });
});
