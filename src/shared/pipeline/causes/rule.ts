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

export const hasBuildStatus =
  (status: string) =>
  (scene: Scene): boolean =>
    scene.build?.status === status || new RegExp(`\\b${status}\\b`).test(errorText(scene));

export const always = (): boolean => true;
