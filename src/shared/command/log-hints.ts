// What an application's last words mean, told with the rules that its services' logs are read with.
import { findAll } from '../diagnose/find.ts';
import type { LogEvidence } from '../diagnose/log-evidence.ts';
import type { Finding } from '../diagnose/rule.ts';
import { applicationLogRules } from '../diagnose/rules/application.ts';

/** `lines` may be quoted, as they were printed. */
export const findingsIn = (evidence: LogEvidence): readonly Finding[] =>
  findAll(applicationLogRules, {
    ...evidence,
    lines: evidence.lines.map((line) => line.replace(/^\| ?/, '')),
  });

const errorWords =
  /\b(?:\w*error|\w*exception|fatal|failed|failure|denied|refused|SQLSTATE|panic|FAIL|not found|not defined|Could not|cannot|timed out|No such)\b/i;

/** The last lines that speak of an error, else the last that were written. */
export const lastErrors = (lines: readonly string[], most: number): readonly string[] => {
  const errors = lines.filter((line) => errorWords.test(line) && !/^\|\s+(?:at |#\d+ |\+\d)/.test(line));
  return (errors.length ? errors : lines).slice(-most);
};
