// rollout.json and the `rollout` output as texts: read back with everything that is wrong said, never trusted. Pure.
import * as z from 'zod';
import { UserError } from '../errors.ts';
import type { PlannedRollout, RolloutRecord } from './rollout.ts';

const count = z.int().min(0);
const word = z.string().min(1);
const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'is no commit');

const planSchema = z.object({
  environment: word,
  commit,
  approval: word,
  deployment: word,
  onFailure: z.enum(['stop', 'previous-revision']),
  waves: z.array(
    z.object({
      slot: count,
      name: word,
      soakMinutes: count,
      failureBudget: count,
      inFlight: count,
      chunks: z.array(z.object({ number: count, tenants: z.array(word) })),
    }),
  ),
}) satisfies z.ZodType<PlannedRollout>;

const recordSchema = z.object({
  version: z.literal(1),
  repository: z.string(),
  runId: z.string(),
  attempt: z.number(),
  environment: word,
  commit,
  tenants: z.array(
    z.object({
      tenant: word,
      wave: word,
      state: z.enum(['healthy', 'failed', 'cancelled', 'not-started', 'running']),
      image: z.string(),
      startedAt: z.number().exactOptional(),
      endedAt: z.number().exactOptional(),
      link: z.string().exactOptional(),
      finding: z.string().exactOptional(),
      run: z.string().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<RolloutRecord>;

/** Throws UserError where the input `rollout` is not what plan-fleet gives. */
export const readPlan = (text: string): PlannedRollout =>
  read(planSchema, text, {
    what: 'Input rollout',
    fix: 'Give it the `rollout` output of plan-fleet (mode `matrix`) of the same run.',
  });

/** Throws UserError where the file is no rollout.json of this version. */
export const readRecord = (text: string, path: string): RolloutRecord =>
  read(recordSchema, text, {
    what: `The record ${path}`,
    fix: "Give it rollout.json as the earlier run's artifact `rollout` holds it.",
  });

type Subject = { readonly what: string; readonly fix: string };

const read = <T>(schema: z.ZodType<T>, text: string, { what, fix }: Subject): T => {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first?.path.length ? ` at ${first.path.join('.')}` : '';
  throw new UserError([{ what: `${what} is not as it should be${where}: ${first?.message}.`, fix }]);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const recordText = (record: RolloutRecord): string => `${JSON.stringify(record, undefined, 1)}\n`;
