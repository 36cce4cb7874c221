// How a call ended, as text a test can look at.

/** 'ok', or the error's name and message. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: Error) => `${error.name}: ${error.message}`,
  );
