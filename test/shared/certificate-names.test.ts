// A visit by https to a server whose certificate is for another name, as a host that no certificate of the load balancer
// covers meets it: what the real connection says is what the rule looks for.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findAll } from '../../src/shared/diagnose/find.ts';
import { serviceRules } from '../../src/shared/diagnose/rules/service.ts';
import { visit } from '../../src/shared/evidence/visit.ts';
import { requestThrough } from '../../src/shared/http.ts';
import { evidenceOf } from './diagnose/fixtures.ts';

const covered = 'goldencrust.wpsit.kimmyai.io';
const trusted = tls.getCACertificates('default');

let server: Server;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  const names = ['-subj', `/CN=${covered}`, '-addext', `subjectAltName=DNS:${covered}`];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names];
  execFileSync('openssl', [...make, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const [keyText, text] = await Promise.all([readFile(key, 'utf8'), readFile(certificate, 'utf8')]);
  await rm(folder, { recursive: true });
  tls.setDefaultCACertificates([...trusted, text]);
  server = createServer({ key: keyText, cert: text }, (_, response) => response.end('Hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await new Promise((resolve) => server.close(resolve));
});

const visitAs = (host: string) => {
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}/`;
  return visit(requestThrough({}), { url, headers: { Host: host }, by: 'public' });
};

const findingsAt = async (host: string) => {
  const seen = await visitAs(host);
  const evidence = evidenceOf('healthy-plain');
  return findAll(serviceRules, { ...evidence, state: 'late', visits: [seen] }).map(({ id }) => id);
};

test('a host that it covers is answered', async () => {
  expect(await visitAs(covered)).toMatchObject({ hops: [{ answer: { kind: 'answer', status: 200 } }] });
  expect(await findingsAt(covered)).not.toContain('tls-other-name');
});

test('any other is refused by the visitor, and the first finding says why', async () => {
  const host = 'goldencrust.wpdev.kimmyai.io';
  expect(await visitAs(host)).toMatchObject({
    hops: [{ answer: { kind: 'no-answer', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } }],
  });
  expect((await findingsAt(host))[0]).toBe('tls-other-name');
});
