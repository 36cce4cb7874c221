// How a failed step looks to a person.
import { expect } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { errorsOf } from './kit.ts';

/** Exit code 1, a summary, no stack trace, no output. */
export const expectPlainFailure = (end: StepEnd): void => {
  expect(end.exitCode).toBe(1);
  expect(end.raw.filter((line) => /^\s+at |node:internal|UnhandledPromise|\[object /.test(line))).toEqual([]);
  expect(end.summary).toMatch(/^## ❌ /);
  expect(end.outputs).toEqual({});
};

/** The errors as the step's page lists them. */
export const messagesOf = (end: StepEnd): readonly string[] => errorsOf(end).map(({ text }) => text);
