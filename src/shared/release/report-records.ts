// The records that trigger-pipeline left, read with distrust: what is no record of this release is told and left out.
import * as z from 'zod';
import type { ReleaseRecord } from '../pipeline/record.ts';
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';

const longestText = 300;
const mostFiles = 100;
const mostStages = 200;
const mostCharacters = 1_000_000;

const word = z
  .string()
  .min(1)
  .transform((text) => text.slice(0, longestText));
const time = z.number().min(0).max(8.64e15);

const end = z.enum([
  'succeeded',
  'failed',
  'rejected',
  'stopped',
  'cancelled',
  'superseded',
  'timed-out',
  'in-progress',
]);

const schema = z.object({
  application: word,
  environment: word,
  pipeline: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'is no name of a pipeline'),
  executionId: word,
  executionUrl: z.string().max(2_000),
  end,
  followed: z.object({ executionId: word, end }).optional(),
  stages: z
    .array(
      z.object({
        stage: word,
        status: z.enum(['InProgress', 'Succeeded', 'Failed', 'Abandoned']),
        startedAt: time,
        endedAt: time,
      }),
    )
    .transform((stages) => stages.slice(0, mostStages)),
}) satisfies z.ZodType<ReleaseRecord>;

export type Unread = { readonly path: string; readonly why: string };

export type Records = {
  readonly records: readonly ReleaseRecord[];
  readonly unread: readonly Unread[];
};

type Wanted = { readonly folder: string; readonly application: string; readonly environment: string };

/** Never rejects: a folder that is not there holds no records. */
export const readRecords = async (wanted: Wanted, { files }: Pick<World, 'files'>): Promise<Records> => {
  const paths = (await files.list(wanted.folder).catch(() => [])).filter((path) => path.endsWith('.json'));
  const records: ReleaseRecord[] = [];
  const unread: Unread[] = paths
    .slice(mostFiles)
    .map((path) => ({ path, why: `it is one of more than ${mostFiles}` }));
  for (const path of paths.slice(0, mostFiles)) {
    const reading = await readOne(path, wanted, files);
    if (typeof reading === 'string') unread.push({ path, why: reading });
    else records.push(reading);
  }
  return { records, unread };
};

/** The record, or why it is none. */
const readOne = async (
  path: string,
  { application, environment }: Wanted,
  files: World['files'],
): Promise<ReleaseRecord | string> => {
  try {
    const text = await files.read(path);
    if (text.length > mostCharacters) return `it has ${text.length} characters`;
    const read = schema.safeParse(JSON.parse(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      return `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is no record'}`.slice(0, longestText);
    }
    const { data } = read;
    return data.application === application && data.environment === environment
      ? data
      : `it is of ${data.application} in ${data.environment}`;
  } catch (error) {
    return messageOf(error).slice(0, longestText);
  }
};
