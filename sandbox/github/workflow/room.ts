// The machine of one job: a fresh workspace, home and temporary folder, gone when the job is over.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Values } from './values.ts';

export type Room = {
  readonly workspace: string;
  readonly home: string;
  readonly temp: string;
  readonly toolCache: string;
  /** The event's JSON. */
  readonly eventPath: string;
  readonly remove: () => Promise<void>;
};

export const openRoom = async (repository: string, event: Values): Promise<Room> => {
  const folder = await mkdtemp(join(tmpdir(), 'job-'));
  const room = {
    workspace: join(folder, 'work', repository, repository),
    home: join(folder, 'home'),
    temp: join(folder, 'work', '_temp'),
    toolCache: join(folder, 'tools'),
    eventPath: join(folder, 'work', '_temp', 'event.json'),
  };
  for (const path of [room.workspace, room.home, room.temp, room.toolCache])
    await mkdir(path, { recursive: true });
  await writeFile(room.eventPath, JSON.stringify(event));
  return { ...room, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
};
