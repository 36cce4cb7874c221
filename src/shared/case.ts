// What is known of one deployment that failed, ready to be told: the findings, and all that was seen, safe to print.
import type { Evidence } from './diagnose/evidence.ts';
import { findAll } from './diagnose/find.ts';
import type { Rule } from './diagnose/rule.ts';
import { timelineOf } from './diagnose/timeline.ts';
import type { Case } from './errors.ts';
import { plainForeign } from './redact.ts';

export const caseOf = (rules: readonly Rule<Evidence>[], evidence: Evidence): Case => ({
  subject: evidence.facts.subject ?? evidence.facts.service ?? 'The service',
  findings: findAll(rules, evidence),
  evidence: timelineOf(evidence).map(({ label, text }) => `${label} | ${plainForeign(text)}`),
});
