// A container that is a few lines of this process: it ends when its program says so, or when it is stopped.
import type { Exit, ProbeAnswer, ProbeRequest, RunningContainer } from './runtime.ts';

export const refused: ProbeAnswer = { kind: 'no-answer', reason: 'refused' };

export type Program = {
  readonly container: RunningContainer;
  readonly end: (exit: Exit) => void;
};

/** `stopCode` is what the program answers SIGTERM with; requests after its end are refused. */
export const createProgram = (
  stopCode: number,
  request: (request: ProbeRequest) => Promise<ProbeAnswer>,
): Program => {
  let running = true;
  let settle = (_: Exit): void => {};
  const exited = new Promise<Exit>((resolve) => {
    settle = resolve;
  });
  const end = (exit: Exit): void => {
    running = false;
    settle(exit);
  };
  return {
    container: {
      exited,
      stop: () => end({ code: stopCode }),
      request: async (asked) => (running ? request(asked) : refused),
    },
    end,
  };
};
