// Looks at one execution again and again, and tells the log what is new each time.
import { Failed } from '../errors.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { type Looking, lookAtExecution } from './look.ts';
import { entriesBetween } from './progress.ts';
import type { Progress } from './types.ts';

export type Watching = Looking & {
  /** Called with what each look saw, so that an interrupted run has it. */
  readonly saw: (progress: Progress) => void;
  /** Milliseconds for which an execution may be unknown to AWS; a minute unless given. */
  readonly unknownMs?: number;
};

export type Watch = {
  readonly look: () => Promise<Progress>;
  /** For how long the execution has shown its status. */
  readonly unchangedMs: () => number;
};

/** Looks, and says what is new; remembers nothing but the look before. */
export const createWatch = (around: ApplicationSurroundings, following: Watching): Watch => {
  const { clock, log, application } = around;
  const { pipeline, executionId, saw } = following;
  const started = clock.now();
  let before: Progress | undefined;
  let since = started;
  return {
    look: async () => {
      const after = await lookAtExecution(around, { pipeline, executionId });
      const now = clock.now();
      if (!after.execution) refuseUnknown(around, following, now - started);
      const scene = { application, pipeline: pipeline.pipeline, now };
      for (const entry of entriesBetween(before, after, scene))
        if (entry.kind === 'line') log.info(entry.text);
        else await log.group(entry.title, async () => entry.lines.forEach(log.info));
      if (before?.execution?.status !== after.execution?.status) since = now;
      before = after;
      saw(after);
      return after;
    },
    unchangedMs: () => clock.now() - since,
  };
};

/** A just started execution may not be found for some seconds; nobody has measured for how many. */
const untilKnownMs = 60_000;

const refuseUnknown = (
  { application }: ApplicationSurroundings,
  { pipeline, executionId, unknownMs = untilKnownMs }: Watching,
  waitedMs: number,
): void => {
  if (waitedMs < unknownMs) return;
  const { name, accountId, region } = application.environment;
  throw new Failed(
    `${pipeline.pipeline} in account ${accountId}, region ${region} has no execution ${executionId}.`,
    `Correct the input execution-id, or pipeline and environment (${name}): an id is known to its own pipeline only, for twelve months.`,
  );
};
