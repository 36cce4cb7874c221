// Every error text that the runbook and the deployment guide quote is found on docs/troubleshooting.md, at what explains it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

/** Word for word as the two documents quote them; `...` and `{tenant}` are theirs. */
const quoted: readonly string[] = [
  'Error: SSOProviderInvalidToken: the SSO session has expired or is invalid',
  'Terraform plan shows 57+ resources to create (cluster, ALB, RDS, VPC, etc.) that already exist',
  'ResourceInitializationError: unable to pull secrets or registry auth: ... AccessDeniedException: ... is not authorized to perform: secretsmanager:GetSecretValue on resource: sit-{tenant}-db-credentials',
  'ResourceInitializationError: ... failed to fetch secret sit-tenant-1-db-credentials ...',
  'ALB target health check returns HTTP 500, causing ECS to stop tasks.',
  'Target.ResponseCodeMismatch',
  'Service shows 0 running tasks despite desired count of 1',
  'Service stops task after repeated health check failures',
  'GitHub connection not authorized',
  'Docker build errors',
  'Class "Predis\\Client" not found',
  'Redis connection refused',
  'Access denied',
  'Connection refused',
  'Container crashes on startup',
  'ALB health checks return unhealthy',
  'RDS connection refused',
  'Tenant shows "pending" status for Database/Migration/Seeds',
  'Bucket flag shows error or stays pending',
  'RuntimeException: EventBridge bus name not configured',
  'backend configuration error',
  'trailing spaces or tabs in your `~/.aws/credentials` file',
];

/** What is left of an error once its own names are out of it: what a person would paste into the browser's find. */
const pieces = (text: string): readonly string[] =>
  text
    .split(/\.\.\.|sit-\{?[\w-]+\}?-db-credentials/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 3);

const page = readFileSync('docs/troubleshooting.md', 'utf8');
const sections = page.split(/^(?=### )/m).slice(1);
/** Id of each section that has cause, fix and verification, with its text. */
const explained = new Map(
  sections
    .filter((section) => /\*\*Fix\*\*\n\n1\. .{5}/.test(section) && /\*\*Verify:\*\* ./.test(section))
    .map((section) => [/^### (.*)/.exec(section)?.[1] ?? '', section] as const),
);
const lines = page.split('\n');

const linksIn = (line: string): readonly string[] =>
  [...line.matchAll(/\]\(#([^)]+)\)/g)].map(([, id = '']) => id);

/** Sections that a person gets to who finds this text: the one it stands in, or those that its table row links to. */
const leadsTo = (text: string): readonly string[] => {
  const sought = text.replaceAll('`', '').toLowerCase();
  const has = (place: string): boolean => place.replaceAll('`', '').toLowerCase().includes(sought);
  const rows = lines.filter((line) => line.startsWith('| ') && has(line)).flatMap(linksIn);
  const own = [...explained].filter(([, section]) => has(section)).map(([id]) => id);
  return [...new Set([...rows, ...own])];
};

describe('an error text of the sources', () => {
  test.each(quoted)('%s is found, and leads to a fix', (text) => {
    for (const piece of pieces(text)) {
      const ids = leadsTo(piece);
      expect([piece, ids.length > 0]).toEqual([piece, true]);
      expect(ids.filter((id) => !explained.has(id))).toEqual([]);
    }
  });

  test('one that nobody knows leads nowhere', () => {
    expect(leadsTo('the flux capacitor is out of plutonium')).toEqual([]);
  });
});
