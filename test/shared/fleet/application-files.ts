// Envelope's manifest to break, with lines replaced or added. Its lines are counted in tests.

import { formatProblem } from '../../../src/shared/errors.ts';
import type { Application } from '../../../src/shared/fleet/application.ts';
import { parseApplications } from '../../../src/shared/fleet/application-fleet.ts';
import { parseFleet } from '../../../src/shared/fleet/fleet.ts';
import type { Texts } from './refusing.ts';

export const envelopeText = `name: envelope
cluster: "{application}-{environment}-cluster"
services:
  api: {}
  worker: {}
  scheduler: {}
  reverb: {}
  tenant: {}
  hq: {}
pipelines:
  - name: api
    migration: pipeline
  - name: tenant
  - name: hq
migration:
  service: api
  command: [php, artisan, migrate, --force]
healthChecks:
  api:
    url: https://api.envelope.host/up
    contains: Application up
  hq:
    url: https://admin.envelope.host/
    matcher: "200,302"
  tenant:
    url: https://demo.envelope.host/
    matcher: "200,302"
database:
  instance: "{application}-{environment}-db"
images:
  api: {}
  tenant: {}
  hq: {}
environments:
  prod:
    accountId: "123456789012"
    region: eu-west-2
`;

/** The manifest with one line, or a part of one, replaced; it must be there. */
export const envelopeWith = (line: string, instead: string): Texts => {
  if (!envelopeText.includes(line)) throw new Error(`no line ${line}`);
  return { 'applications/envelope.yml': envelopeText.replace(line, instead) };
};

/** More lines for the environment prod; the first of them is line 38, and begins in column 5. */
export const prodWith = (lines: string): Texts => ({
  'applications/envelope.yml': `${envelopeText}${lines.replace(/^(?=.)/gm, '    ')}`,
});

export const inEnvelope = (place: string) => `fleet/applications/envelope.yml:${place}: `;

const parse = (texts: Texts) => {
  const files = Object.entries(texts).map(([path, text]) => ({ path: `fleet/${path}`, text }));
  const parsed = parseFleet(files);
  const { environments } = parsed.kind === 'fleet' ? parsed.fleet : parsed.readable;
  const { applications, problems } = parseApplications(files, environments.values());
  return { applications, problems: [...(parsed.kind === 'fleet' ? [] : parsed.problems), ...problems] };
};

export const applicationProblems = (texts: Texts): readonly string[] =>
  parse(texts).problems.map(formatProblem);

/** The application in the environment; the manifests must be sound. */
export const applicationIn = (texts: Texts, environment = 'prod'): Application => {
  const { applications, problems } = parse(texts);
  const found = applications.find((each) => each.environment.name === environment);
  if (problems.length || !found) throw new Error(problems.map(formatProblem).join('\n'));
  return found;
};
