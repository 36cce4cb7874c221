// What is known of one deployment that failed, ready to be told: the findings, and all that was seen, safe to print.
import type { Evidence } from './diagnose/evidence.ts';
import { findAll } from './diagnose/find.ts';
import type { Finding, Proof, Rule } from './diagnose/rule.ts';
import { timelineOf } from './diagnose/timeline.ts';
import type { Case } from './errors.ts';
import { isError } from './evidence/log-lines.ts';
import { plainForeign } from './redact.ts';

export const caseOf = (rules: readonly Rule<Evidence>[], evidence: Evidence): Case => ({
  subject: evidence.facts.subject ?? evidence.facts.service ?? 'The service',
  findings: withWords(findAll(rules, evidence), evidence),
  evidence: timelineOf(evidence).map(({ label, text }) => `${label} | ${plainForeign(text)}`),
});

/** Where no cause is known, the site's own words and its log's last complaint say more than a status code does. */
const withWords = ([first, ...others]: readonly Finding[], evidence: Evidence): readonly Finding[] => {
  if (!first) return [];
  if (first.level !== 'symptom') return [first, ...others];
  const words = [...pageWords(evidence), ...lastComplaint(evidence)];
  const added = words.filter(({ text }) => first.proof.every((proof) => proof.text !== text));
  return [{ ...first, proof: [...added, ...first.proof] }, ...others];
};

const pageWords = ({ visits }: Evidence): readonly Proof[] => {
  const answer = visits[0]?.hops.at(-1)?.answer;
  return answer?.kind === 'answer' && answer.status >= 400 && answer.excerpt
    ? [{ from: 'http', text: `HTTP ${answer.status}: ${answer.excerpt}` }]
    : [];
};

const lastComplaint = ({ logs }: Evidence): readonly Proof[] => {
  const lines = logs.flatMap((log) => log.lines).toSorted((a, b) => a.at - b.at);
  const last = lines.findLast(({ text }) => isError(text));
  return last ? [{ from: 'log', text: last.text }] : [];
};
