// Failures as they were seen, each with the rule that must be read first; and runs in which nothing is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';

export type Fixture = {
  readonly name: string;
  /** Where it comes from: recorded in the sandbox, or after a public source. */
  readonly origin: string;
  readonly evidence: Evidence;
  /** Id of the rule that must come first; none where every rule must be silent. */
  readonly first?: string;
};

const folder = new URL('./fixtures/', import.meta.url);

export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .toSorted()
  .map((file) => ({
    ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
    name: file.replace('.json', ''),
  }));

export const failures = fixtures.flatMap((fixture) =>
  fixture.first === undefined ? [] : [{ ...fixture, first: fixture.first }],
);

export const evidenceOf = (name: string): Evidence => {
  const found = fixtures.find((fixture) => fixture.name === name);
  if (!found) throw new Error(`There is no fixture ${name}.json.`);
  return found.evidence;
};
