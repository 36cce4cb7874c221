// A known way in which an action fails: what AWS or the build's log says, what that means, what to do. Pure.
import type { Application, ApplicationPipeline } from '../../fleet/application.ts';
import type { BuildEnd } from '../build-log.ts';
import type { ActionRun } from '../types.ts';

export type Scene = {
  readonly application: Application;
  readonly pipeline: ApplicationPipeline;
  readonly run: ActionRun;
  /** Undefined where the action is no build. */
  readonly build: BuildEnd | undefined;
};

export type Rule = {
  readonly name: string;
  readonly applies: (scene: Scene) => boolean;
  /** Goes on from "stage X, action Y failed: ". */
  readonly what: string;
  readonly fix: string | ((scene: Scene) => string);
  /** Where the same revision can only fail again. */
  readonly retry?: 'useless';
};

/** What AWS says of the action itself. */
export const errorText = ({ run: { error, externalSummary } }: Scene): string =>
  [error?.code, error?.message, externalSummary].filter(Boolean).join(': ');

/** What the build's phases and the end of its log say, a line each. */
export const buildLines = ({ build }: Scene): readonly string[] =>
  build ? [...build.failedPhases, ...build.tail] : [];

export const says =
  (pattern: RegExp) =>
  (scene: Scene): boolean =>
    pattern.test(errorText(scene));

/** In the error or the build's own words. */
export const showsIn =
  (pattern: RegExp) =>
  (scene: Scene): boolean =>
    pattern.test(errorText(scene)) || buildLines(scene).some((line) => pattern.test(line));

const speaksOfError =
  /\b(errors?|fail(ed|ures?|ing|s)?|fatal|panic|exception|cannot|could not)\b|\w(Error|Exception)\b|[✕✗×✖]/i;
/** What comes after any failure, and counts that are none. */
const isAftermath =
  /\[Container\]|exit(ed)?\b.*\b(code|status)|non-zero|\bnpm (err!|error)|\bcommand failed|failed to (solve|resolve)|\*\*\* \[|ELIFECYCLE|\b(0|no) (errors?|fail\w*)/i;
const isOfNetwork =
  /network|connect|registry|proxy|\bretr(y|ie)|timed? ?out|too ?many ?requests|ETIMEDOUT|ECONN/i;

/**
 * As showsIn, but a line of the log counts only where no later one speaks of another error: tools repeat by themselves
 * what failed on the network, and go on.
 */
export const showsLastIn =
  (pattern: RegExp) =>
  (scene: Scene): boolean => {
    const { tail = [], failedPhases = [] } = scene.build ?? {};
    if ([errorText(scene), ...failedPhases].some((line) => pattern.test(line))) return true;
    const at = tail.findLastIndex((line) => pattern.test(line));
    return (
      at >= 0 &&
      !tail
        .slice(at + 1)
        .some((line) => speaksOfError.test(line) && !isAftermath.test(line) && !isOfNetwork.test(line))
    );
  };

/** Neither phases nor log of a build that failed could be read, so nothing is known but that. */
export const isUnread = (scene: Scene): boolean =>
  scene.run.provider === 'CodeBuild' && buildLines(scene).length === 0;

export const unread =
  'Open the build in the console for its log, and retry only once you know why. What kept it from being read here is told below.';

export const hasBuildStatus =
  (status: string) =>
  (scene: Scene): boolean =>
    scene.build?.status === status || new RegExp(`\\b${status}\\b`).test(errorText(scene));

export const always = (): boolean => true;
