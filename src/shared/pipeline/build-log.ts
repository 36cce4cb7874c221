// What one build of CodeBuild came to: its status, the phase that failed, the end of its log. Always the build that the
// action names, never the project's newest. What may not be read is said, never thrown.
import type { Build, BuildPhase } from '@aws-sdk/client-codebuild';
import { Cancelled } from '../errors.ts';
import { readTail } from '../logs.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import { seek } from '../wait.ts';
import { buildPage } from './places.ts';
import { foreign } from './progress.ts';

export type BuildEnd = {
  /** FAILED, TIMED_OUT, STOPPED, FAULT …; undefined where the build could not be read. */
  readonly status: string | undefined;
  /** A line each: "BUILD FAILED: COMMAND_EXECUTION_ERROR: …". */
  readonly failedPhases: readonly string[];
  readonly url: string;
  /** The last lines, quoted, oldest first: at most 40 of them, and 12,000 characters. */
  readonly tail: readonly string[];
  /** What could not be read, and why. */
  readonly missing: readonly string[];
};

const mostLines = 40;
const mostCharacters = 12_000;

/** Two calls; some more within seconds where the log has not arrived yet. `id` is `<project>:<uuid>`. */
export const readBuild = async (around: ApplicationSurroundings, id: string): Promise<BuildEnd> => {
  const page = buildPage(around.application, id);
  const nothing = { status: undefined, failedPhases: [], url: page, tail: [] };
  const build = await attempt(() => findBuild(around, id));
  if (build.kind === 'failed')
    return {
      ...nothing,
      missing: [`build ${id} could not be read (codebuild:BatchGetBuilds): ${foreign(build.why)}`],
    };
  if (!build.value) return { ...nothing, missing: [`CodeBuild knows no build ${id} any more`] };
  const { buildStatus, phases = [], logs } = build.value;
  return {
    status: buildStatus,
    failedPhases: phases.filter(hasFailed).map(phaseLine),
    url: (logs?.groupName && logs.deepLink) || page,
    ...(await readLog(around, build.value)),
  };
};

const findBuild = async ({ aws }: ApplicationSurroundings, id: string): Promise<Build | undefined> => {
  const { builds = [] } = await aws.codebuild.batchGetBuilds({ ids: [id] });
  return builds.find((build) => build.id === id);
};

const hasFailed = ({ phaseStatus }: BuildPhase): boolean =>
  phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED' && phaseStatus !== 'IN_PROGRESS';

const phaseLine = ({ phaseType, phaseStatus, contexts = [] }: BuildPhase): string => {
  const why = contexts
    .map(({ statusCode, message }) => [statusCode, message].filter(Boolean).join(': '))
    .filter(Boolean);
  return foreign(`${phaseType} ${phaseStatus}${why.length ? `: ${why.join('; ')}` : ''}`);
};

type LogEnd = Pick<BuildEnd, 'tail' | 'missing'>;

const readLog = async (around: ApplicationSurroundings, { id, logs }: Build): Promise<LogEnd> => {
  const { groupName: group, streamName: stream } = logs ?? {};
  if (!group || !stream) return { tail: [], missing: [`build ${id} has no log in CloudWatch`] };
  const read = await attempt(() =>
    // Lines arrive seconds after they were written.
    seek(async () => {
      const lines = await readTail(around, { group, stream }, mostLines);
      return lines.length ? lines : undefined;
    }, around.clock),
  );
  if (read.kind === 'failed')
    return {
      tail: [],
      missing: [`its log could not be read (logs:GetLogEvents on ${group}): ${foreign(read.why)}`],
    };
  const tail = lastOf(read.value ?? []);
  return { tail, missing: tail.length ? [] : [`its log ${group} ${stream} is empty`] };
};

/** As many lines from the end as there is room for. */
const lastOf = (lines: readonly string[]): readonly string[] => {
  let room = mostCharacters;
  return lines
    .filter((line) => line.trim() !== '|')
    .slice(-mostLines)
    .toReversed()
    .filter((line) => {
      room -= line.length;
      return room >= 0;
    })
    .toReversed();
};

type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly why: string };

const attempt = async <T>(read: () => Promise<T>): Promise<Attempt<T>> => {
  try {
    return { kind: 'done', value: await read() };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return { kind: 'failed', why: messageOf(error).split('\n')[0] ?? '' };
  }
};
