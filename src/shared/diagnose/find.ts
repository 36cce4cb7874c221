// Which rules see something, in the order in which a person should read it. Pure.
import type { Facts, Finding, Level, Rule, Step, Sureness, WithFacts } from './rule.ts';

const levels: readonly Level[] = ['cause', 'symptom', 'outcome'];
const surenesses: readonly Sureness[] = ['certain', 'likely', 'possible'];

/** Causes before symptoms before outcomes, the surer first, then in the order of `rules`: the most specific stands first. */
export const findAll = <E extends WithFacts>(rules: readonly Rule<E>[], evidence: E): readonly Finding[] =>
  rules
    .flatMap((rule) => {
      const sighting = rule.sees(evidence);
      return sighting ? [tell(rule, { ...evidence.facts, ...sighting.facts }, sighting.proof)] : [];
    })
    .toSorted((a, b) => rank(a) - rank(b));

const rank = ({ level, sure }: Finding): number =>
  levels.indexOf(level) * surenesses.length + surenesses.indexOf(sure);

const tell = <E extends WithFacts>(rule: Rule<E>, facts: Facts, proof: Finding['proof']): Finding => ({
  id: rule.id,
  level: rule.level,
  lasts: rule.lasts,
  sure: rule.sure,
  cause: fill(rule.cause, facts),
  fix: stepsFor(rule.fix, facts.tenant === undefined ? 'application' : 'tenant').map((step) =>
    fill(step, facts),
  ),
  verify: fill(rule.verify, facts),
  proof,
});

/** The steps that are meant for a tenant, or for an application. */
export const stepsFor = (fix: readonly Step[], kind: 'tenant' | 'application'): readonly string[] =>
  fix.flatMap((step) => (typeof step === 'string' ? step : (step[kind] ?? [])));

/** `{name}` becomes the fact, or `<name>` where there is none. `${Name}`, `{{`, JSON and shell braces stay. */
export const fill = (template: string, facts: Facts): string =>
  template.replace(/(?<![${\w])\{([a-z][A-Za-z]*)\}(?!\})/g, (_, name: string) => facts[name] ?? `<${name}>`);
