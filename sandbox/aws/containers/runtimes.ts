// Several runtimes as one.
import type { Runtime } from './runtime.ts';

/** The first of `runtimes` that knows the image runs it. */
export const firstThatKnows =
  (...runtimes: readonly Runtime[]): Runtime =>
  (spec, host) => {
    for (const runtime of runtimes) {
      const container = runtime(spec, host);
      if (container) return container;
    }
    return undefined;
  };
