// Waves of tenants to the jobs of a rollout: StackSets' strict arithmetic, and what GitHub's static job graph can hold. Pure.
import type { Problem } from '../errors.ts';
import { type PlannedRollout, type PlannedWave, slots } from './rollout.ts';
import type { Environment, FailureBudget } from './types.ts';
import type { Wave } from './waves.ts';

/** GitHub's limit of a matrix. */
export const mostInChunk = 256;
/** A wave reaches its jobs' steps as one environment variable, and Linux takes 128 KiB: 28 characters a tenant. */
const mostInWave = 4_000;

export type Planned =
  | { readonly kind: 'rollout'; readonly rollout: PlannedRollout }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** `waves` in their order; those without tenants take no slot. */
export const planOf = (
  { name, github, rollout }: Environment,
  commit: string,
  waves: readonly Wave[],
): Planned => {
  const filled = waves.filter(({ tenants }) => tenants.length > 0);
  const problems = [...tooManyWaves(name, filled), ...filled.flatMap(tooManyTenants)];
  if (problems.length) return { kind: 'problems', problems };
  const last = filled.length;
  return {
    kind: 'rollout',
    rollout: {
      environment: name,
      commit,
      approval: github.approval,
      deployment: github.deployment,
      onFailure: rollout.onFailure,
      waves: filled.map((wave, index) => planWave(wave, index + 1, last)),
    },
  };
};

/** The strict reading of a budget: as many may be in flight as may still fail, and one more. */
const planWave = (wave: Wave, slot: number, last: number): PlannedWave => {
  const failureBudget = failuresIn(wave.failureBudget, wave.tenants.length);
  return {
    slot,
    name: wave.name,
    // Nobody waits after the last wave.
    soakMinutes: slot < last ? wave.soakMinutes : 0,
    failureBudget,
    inFlight: Math.min(wave.maxConcurrency, failureBudget + 1),
    chunks: chunksOf(wave.tenants),
  };
};

const failuresIn = (budget: FailureBudget, tenants: number): number =>
  budget.kind === 'count' ? budget.count : Math.floor((tenants * budget.percent) / 100);

const chunksOf = (tenants: readonly string[]): PlannedWave['chunks'] =>
  Array.from({ length: Math.ceil(tenants.length / mostInChunk) }, (_, index) => ({
    number: index + 1,
    tenants: tenants.slice(index * mostInChunk, (index + 1) * mostInChunk),
  }));

const tooManyTenants = ({ name, tenants }: Wave): readonly Problem[] =>
  tenants.length <= mostInWave
    ? []
    : [
        {
          what: `The wave ${name} has ${tenants.length} tenants; one can have ${mostInWave}.`,
          fix: `Split it into ${Math.ceil(tenants.length / mostInWave)} waves.`,
        },
      ];

const tooManyWaves = (environment: string, waves: readonly Wave[]): readonly Problem[] => {
  if (waves.length <= slots) return [];
  const batches = trailingBatches(waves);
  const left = slots - (waves.length - batches.length);
  const some = `or deploy some of them at a time (input \`waves\`).`;
  const size = Math.ceil(batches.flatMap(({ tenants }) => tenants).length / left);
  const fix =
    left > 0
      ? `In environments/${environment}.yml, let them be made with rest: {size: ${size}} or more, merge waves, ${some}`
      : `Merge waves in environments/${environment}.yml until there are ${slots}, ${some}`;
  return [{ what: `This rollout has ${waves.length} waves; the workflow has jobs for ${slots}.`, fix }];
};

/** The waves at the end that `rest` makes, by their names: batch-1, batch-2 … */
const trailingBatches = (waves: readonly Wave[]): readonly Wave[] => {
  const stem = (wave: Wave): string | undefined => /^(.+)-\d+$/.exec(wave.name)?.[1];
  const last = waves.at(-1);
  const wanted = last && stem(last);
  if (wanted === undefined) return [];
  return waves.slice(waves.findLastIndex((wave) => stem(wave) !== wanted) + 1);
};
