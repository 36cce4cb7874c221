// Errors a person reads. Each says what happened, to what, and what to do next; none carries a secret.
import type { Finding } from './diagnose/rule.ts';

/** The person's input or manifest is wrong. All problems at once, each with its place where it came from a file. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'UserError';
    this.problems = problems;
  }
}

export type Problem = {
  readonly what: string;
  readonly fix: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
};

/** Safety says no: nothing was written, or nothing more was. */
export class Refused extends Error {
  readonly fix: string;
  constructor(what: string, fix: string) {
    super(`${what}\n${fix}`);
    this.name = 'Refused';
    this.fix = fix;
  }
}

/** Something in AWS ended badly; `details` are the evidence lines for the log and the summary. */
export class Failed extends Error {
  readonly what: string;
  readonly fix: string;
  readonly details: readonly string[];
  constructor(what: string, fix: string, details: readonly string[] = []) {
    super(`${what}\n${fix}`);
    this.name = 'Failed';
    this.what = what;
    this.fix = fix;
    this.details = details;
  }

  withDetails(details: readonly string[]): Failed {
    return new Failed(this.what, this.fix, [...this.details, ...details]);
  }
}

/** Some of several things ended badly; `table` tells all of them, as Markdown for the job summary. */
export class FailedAmong extends Failed {
  readonly table: string;
  constructor({ what, fix, details }: Failed, table: string) {
    super(what, fix, details);
    this.name = 'FailedAmong';
    this.table = table;
  }

  override withDetails(details: readonly string[]): FailedAmong {
    return new FailedAmong(super.withDetails(details), this.table);
  }
}

/** What is known of one thing that failed: findings most specific first, none where nothing known matches. */
export type Case = {
  /** The tenant, or the application's service. */
  readonly subject: string;
  readonly findings: readonly Finding[];
  /** What was seen, in a readable order, quoted for the log. */
  readonly evidence: readonly string[];
};

/** A failure that was looked into: the first finding of the first case is the error that a person reads first. */
export class Diagnosed extends Failed {
  readonly cases: readonly Case[];
  /** Markdown above the findings in the job summary; empty where there is none. */
  readonly table: string;
  constructor({ what, fix, details }: Failed, cases: readonly Case[], table = '') {
    super(what, fix, details);
    this.name = 'Diagnosed';
    this.cases = cases;
    this.table = table;
  }

  override withDetails(details: readonly string[]): Diagnosed {
    return new Diagnosed(super.withDetails(details), this.cases, this.table);
  }
}

/** The job was cancelled (SIGINT, SIGTERM). */
export class Cancelled extends Error {
  constructor(signal: string) {
    super(`Cancelled by ${signal}. Run the same action again: it continues where this run stopped.`);
    this.name = 'Cancelled';
  }
}

/** A write was sent and its answer never came: it may or may not have taken effect. Look before repeating it. */
export class UnknownOutcome extends Error {
  readonly operation: string;
  /** Without `cause`: the SDK looks into it and would repeat the write after all. */
  constructor(operation: string, reason: string, service: 'AWS' | 'GitHub' = 'AWS') {
    super(`${service} did not answer ${operation} (${reason}); it may have taken effect.`);
    this.name = 'UnknownOutcome';
    this.operation = operation;
  }
}

export const formatProblem = ({ what, fix, place }: Problem): string =>
  `${place ? `${place.file}:${place.line}:${place.column}: ` : ''}${what}${fix ? ` ${fix}` : ''}`;
