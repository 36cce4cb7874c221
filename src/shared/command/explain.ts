// A command that did not end well: what happened, to what, and what to do next; the end of its log as evidence.

import { findAll } from '../diagnose/find.ts';
import type { Finding } from '../diagnose/rule.ts';
import { endCauses } from '../diagnose/rules/container.ts';
import { Diagnosed, Failed } from '../errors.ts';
import type { Application } from '../fleet/application.ts';
import { printable } from '../logs.ts';
import { type Call, callName } from './call.ts';
import type { End } from './end.ts';
import { factsOfCommand } from './facts.ts';
import { findingsIn, lastErrors } from './log-hints.ts';
import { type MigrationLog, tellMigrations } from './migration-log.ts';
import { explainStart, findStart, type Meaning } from './never-started.ts';
import type { Workplace } from './workplace.ts';

export type Evidence = {
  readonly application: Application;
  readonly call: Call;
  readonly workplace: Workplace;
  /** The log's last lines, as printed. */
  readonly tail: readonly string[];
  readonly migrations: MigrationLog;
  /** Where a person looks on: the task's page, its log. */
  readonly places: readonly string[];
};

/** Throws nothing: answers the error to throw. */
export const explainCommand = (end: End, evidence: Evidence): Failed => {
  const { call, tail, migrations, places } = evidence;
  const { what, fix } = meaningOf(end, evidence);
  const ofSteps =
    call.operation === 'migrate' && end.kind !== 'never-started' ? tellMigrations(migrations) : '';
  const said = end.kind === 'exited' ? saidLast(tail) : '';
  const whole = [`${callName(call)}: ${what}`, ofSteps, said].filter(Boolean).join(' ');
  const seen = [...seenOf(end), ...lastErrors(tail, 15), ...places];
  const notStarted = end.kind === 'never-started' ? findStart(end.reason, evidence) : undefined;
  if (notStarted)
    return new Diagnosed(new Failed(whole, fix), [
      { subject: callName(call), findings: [notStarted], evidence: seen },
    ]);
  const findings = end.kind === 'exited' ? meaningsOf(evidence) : [];
  if (!findings.length) return new Failed(whole, fix, seen);
  const told = findings.map((finding) => ({ ...finding, fix: [...finding.fix, fix] }));
  const causes = findings.flatMap((finding) => [finding.cause, ...finding.fix]);
  return new Diagnosed(new Failed(whole, [...causes, fix].join('\n')), [
    { subject: callName(call), findings: told, evidence: seen },
  ]);
};

/** What its last words mean, by the rules that its service's log is read with. */
const meaningsOf = ({ application, call, workplace, tail }: Evidence): readonly Finding[] => {
  const { environment = [], secrets = [] } = workplace.container;
  return findingsIn({
    facts: factsOfCommand({ application, workplace }),
    by: call.operation === 'migrate' ? 'migration' : 'command',
    lines: tail,
    settings: {
      environment: Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value])),
      secrets: Object.fromEntries(secrets.map(({ name = '', valueFrom = '' }) => [name, valueFrom])),
    },
  });
};

const seenOf = (end: End): readonly string[] => {
  if (end.kind === 'never-started') return [printable(`ECS: ${end.reason}`)];
  if (end.kind === 'stopped') return [printable(`ECS: ${end.by} ${end.reason}`)];
  if (end.kind === 'neighbour-died' && end.neighbour.reason)
    return [printable(`ECS: ${end.neighbour.name}: ${end.neighbour.reason}`)];
  return [];
};

const saidLast = (tail: readonly string[]): string => {
  const [last] = lastErrors(tail, 1);
  return last === undefined
    ? 'It wrote nothing.'
    : `Its log ends in: ${last.replace(/^\|\s+/, '').trimEnd()}`;
};

const again = ({ operation }: Call): string =>
  operation === 'migrate'
    ? 'Run it again once that is put right: it goes on behind the last migration that is done. Look first at what the one that was not done has left: MySQL takes no table change back.'
    : 'Run it again once that is put right.';

const meaningOf = (end: End, evidence: Evidence): Meaning => {
  const { call, workplace } = evidence;
  switch (end.kind) {
    case 'never-started': {
      const { what, fix } = explainStart(end.reason, evidence);
      return { what: `it never started, and nothing ran. ${what}`, fix };
    }
    case 'neighbour-died':
      return {
        what: `it was ended because container ${end.neighbour.name} of the same task ended with exit code ${end.neighbour.exitCode}${end.exitCode === undefined ? ', before it had started' : ''}.`,
        fix: `That container is essential, so its end is the task's: see its log, or set essential to false for it in the task definition. ${again(call)}`,
      };
    case 'stopped':
      return stopped(end, call);
    case 'out-of-memory':
    case 'exited': {
      const known = findExit(end, evidence);
      return {
        what: known?.cause ?? `container ${workplace.container.name} ended with exit code ${end.exitCode}.`,
        fix: [...(known?.fix ?? []), again(call)].join(' '),
      };
    }
  }
};

/** What ends the same way everywhere, or its exit code, means; undefined for a code that only the program knows. */
const findExit = (
  end: Extract<End, { kind: 'exited' | 'out-of-memory' }>,
  evidence: Evidence,
): Finding | undefined =>
  findAll(endCauses, {
    facts: { ...factsOfCommand(evidence), exitCode: String(end.exitCode) },
    exitCode: end.exitCode,
    reason: end.kind === 'out-of-memory' && end.isTold ? 'OutOfMemoryError' : '',
    lines: evidence.tail.map((line) => line.replace(/^\| ?/, '')),
  }).find(({ sure }) => sure !== 'possible');

const stopped = (end: Extract<End, { kind: 'stopped' }>, call: Call): Meaning => {
  const code =
    end.exitCode === undefined
      ? 'Its container had not started.'
      : `Its container ended with exit code ${end.exitCode}; whether it was done is not known.`;
  if (/Spot|Termination/.test(end.by))
    return {
      what: `AWS took the Spot capacity back that it ran on. ${code}`,
      fix: `${again(call)} What must not be interrupted wants FARGATE in the service's capacity providers, not FARGATE_SPOT alone.`,
    };
  if (end.by === 'InfrastructureHealth')
    return { what: `the machine under it became unhealthy, and AWS stopped it. ${code}`, fix: again(call) };
  return {
    what: `somebody stopped its task: ${end.reason || 'no reason given'}. ${code}`,
    fix: `Who it was stands in CloudTrail (StopTask). ${again(call)}`,
  };
};
