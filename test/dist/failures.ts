// How a failed step looks to a person.
import { expect } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { errorsOf } from './kit.ts';

/** Exit code 1, a summary, no stack trace, no output. */
export const expectPlainFailure = (end: StepEnd): void => {
  expect(end.exitCode).toBe(1);
  expect(end.raw.filter((line) => /^\s+at |node:internal|UnhandledPromise|\[object /.test(line))).toEqual([]);
  expect(end.summary).toMatch(/^## ❌ /);
  // But the cause, for steps that go on after a failure.
  const { cause, ...others } = end.outputs;
  expect(others).toEqual({});
  if (cause) expect(end.summary).toContain(cause.split(' ')[0]);
};

/** The errors as the step's page lists them. */
export const messagesOf = (end: StepEnd): readonly string[] => errorsOf(end).map(({ text }) => text);
