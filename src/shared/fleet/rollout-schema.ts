// The keys of an environment that say how its tenants are rolled out: as whom, where, how fast, in which order.
import * as z from 'zod';
import { group, oneOf, text, whole } from './fields.ts';
import type { FailureBudget, Rollout } from './types.ts';

export const role = () => text(/^[\w+=,.@-]{1,64}$/, 'the name of an IAM role, not its ARN');

const roleOf = (actions: string) =>
  role()
    .exactOptional()
    .meta({ description: `Name of the IAM role for ${actions}, taken through GitHub's OIDC` });

export const rolesSchema = group({
  plan: roleOf('plan-fleet and report-rollout'),
  deploy: roleOf('provision-tenant and wait-healthy'),
  database: roleOf('run-db-init'),
  rollback: roleOf('rollback-tenant'),
});

export const accessSchema = group({
  strategy: oneOf(['inline-policy', 'role-per-tenant', 'path-wildcard'])
    .default('inline-policy')
    .meta({ description: "How a tenant's tasks come to read their secret" }),
  permissionsBoundary: text(
    /^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/[\w+=,.@/-]{1,512}$/,
    'the ARN of an IAM policy, e.g. arn:aws:iam::815856636111:policy/tenant-boundary',
  )
    .optional()
    .meta({ description: 'ARN of the IAM policy that bounds roles made for tenants' }),
});

const gate = () =>
  text(
    /^[A-Za-z0-9](?:[A-Za-z0-9 ._/-]{0,253}[A-Za-z0-9._/-])?$/,
    'the name of a GitHub environment: at most 255 letters, digits, spaces and . _ / -',
  ).optional();

export const githubSchema = group({
  approval: gate().meta({
    description: "GitHub environment that people approve; without it the environment's own name",
  }),
  deployment: gate().meta({
    description: "GitHub environment that the tenants' jobs run in, unreviewed; without it <name>-tenants",
  }),
});

const mostSoakMinutes = 300;
const inFlight = () => whole(1, 256).meta({ description: 'Tenants in flight at once' });

const soak = () =>
  whole(0, mostSoakMinutes).meta({ description: "Minutes between a wave's end and the next one's start" });

const budget = () => {
  const right = 'a whole number of tenants from 0 to 10000, or a share of the wave in quotes, e.g. "10%"';
  return z
    .union([whole(0, 10_000, right), text(/^(?:\d|[1-9]\d|100)%$/, right)], { error: right })
    .meta({ description: 'Failures that a wave may have and the next one still starts: a number, or "10%"' });
};

export const rolloutSchema = group({
  maxConcurrency: inFlight().default(4),
  failureBudget: budget().default(0),
  soakMinutes: soak().default(0),
  onFailure: oneOf(['stop', 'previous-revision'])
    .default('stop')
    .meta({ description: "What a failed tenant's own job does at its end" }),
});

const tenantNames = "a list of tenants' names";

const waveSchema = group({
  name: text(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name of lower-case letters, digits and -'),
  tenants: z
    .array(text(/./, "a tenant's name"), { error: tenantNames })
    .min(1, { error: tenantNames })
    .optional()
    .meta({ description: 'Names of the tenants in this wave', uniqueItems: true }),
  rest: group({ size: whole(1, 10_000).meta({ description: 'Tenants in each of the waves' }) })
    .optional()
    .meta({ description: 'Everybody whom no wave names, in waves <name>-1, <name>-2 …; only in the last' }),
  soakMinutes: soak().optional(),
  failureBudget: budget().optional(),
  maxConcurrency: inFlight().optional(),
}).meta({ oneOf: [{ required: ['tenants'] }, { required: ['rest'] }] });

export const wavesSchema = z.array(waveSchema, { error: 'a list of waves' });

export type WrittenWaves = z.output<typeof wavesSchema>;

export const budgetOf = (written: number | string): FailureBudget =>
  typeof written === 'number'
    ? { kind: 'count', count: written }
    : { kind: 'percent', percent: Number.parseInt(written, 10) };

export const rolloutOf = (written: z.output<typeof rolloutSchema>): Rollout => ({
  ...written,
  failureBudget: budgetOf(written.failureBudget),
});
