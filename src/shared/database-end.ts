// How a database step that did not end well is told.
import type { Operation } from './database/environment.ts';
import { explainExit } from './database/exits.ts';
import { Failed } from './errors.ts';

export const explainEnd = (
  operation: Operation,
  ended: {
    readonly exitCode: number | undefined;
    readonly reason: string;
    readonly stopCode: string;
    readonly logTail: readonly string[];
  },
): Failed => {
  const details = [...(ended.reason ? [`ECS: ${ended.stopCode} ${ended.reason}`] : []), ...ended.logTail];
  if (ended.exitCode === undefined)
    return new Failed(
      `Database ${operation}: the container never started. ${ended.reason}`.trim(),
      'The reason above is from ECS: check the client image, that the execution role may read both secrets, and that the subnets reach Secrets Manager, the registry and CloudWatch Logs.',
      details,
    );
  const meaning = explainExit(ended.exitCode);
  return new Failed(
    `Database ${operation} failed with exit code ${ended.exitCode}. ${meaning?.what ?? ''}`.trim(),
    meaning?.fix ?? 'Read the log lines below.',
    details,
  );
};
