// The cpu and memory pairs that Fargate offers, and the two ways to write each.
import { AwsError } from '../cloud.ts';

type Range = { readonly from: number; readonly to: number; readonly step: number };

const gib = 1024;
const memoryOf: Readonly<Record<number, Range | readonly number[]>> = {
  256: [512, gib, 2 * gib],
  512: { from: gib, to: 4 * gib, step: gib },
  1024: { from: 2 * gib, to: 8 * gib, step: gib },
  2048: { from: 4 * gib, to: 16 * gib, step: gib },
  4096: { from: 8 * gib, to: 30 * gib, step: gib },
  8192: { from: 16 * gib, to: 60 * gib, step: 4 * gib },
  16384: { from: 32 * gib, to: 120 * gib, step: 8 * gib },
};

export const isFargateSize = (cpu: number, memory: number): boolean => {
  const offered = memoryOf[cpu];
  if (!offered) return false;
  if ('step' in offered)
    return memory >= offered.from && memory <= offered.to && (memory - offered.from) % offered.step === 0;
  return offered.includes(memory);
};

/** `512`, `.5 vCPU` and `0.5vcpu` are 512 units. */
export const cpuUnits = (text: string): number => size(text, 'cpu', /^([\d.]+)\s*vcpu$/i);

/** `512`, `0.5 GB` and `.5gb` are 512 MiB. */
export const memoryMiB = (text: string): number => size(text, 'memory', /^([\d.]+)\s*gb$/i);

const size = (text: string, setting: string, long: RegExp): number => {
  if (/^\d+$/.test(text)) return Number(text);
  const units = Number(long.exec(text)?.[1]) * 1024;
  if (Number.isInteger(units)) return units;
  throw new AwsError(
    'ClientException',
    `Invalid '${setting}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
};
