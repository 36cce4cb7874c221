// A site that redirects: to its installer is fine, in a circle or to a stranger is told at once, to a host that the manifest
// names is followed.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { Failed } from '../../src/shared/errors.ts';
import type { World } from '../../src/shared/world.ts';
import { createLab, type Lab } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const host = 'goldencrust.wpsit.kimmyai.io';
const shop = 'shop.example.com';

/** The site redirects to `location`; every other host answers 200. */
const redirecting = (lab: Lab, location: string, asked: string[] = []): World => ({
  ...lab.world,
  unique: 'one',
  http: async ({ url }) => {
    asked.push(url);
    const isSite = new URL(url).hostname === host;
    return {
      kind: 'answer',
      status: isSite ? 301 : 200,
      location: isSite ? location : undefined,
      headers: {},
      body: '',
    };
  },
});

const deployed = async (): Promise<Lab> => {
  const lab = await createLab();
  await bringUp(lab);
  return lab;
};

test('the installer of a new site is where its redirect may end', async () => {
  const lab = await deployed();
  const asked: string[] = [];
  const world: World = {
    ...lab.world,
    unique: 'one',
    http: (request) => {
      asked.push(request.url);
      return lab.world.http(request);
    },
  };
  await lab.runIn(world, 'wait-healthy', {});
  expect(asked).toContainEqual(expect.stringContaining('/wp-admin/install.php'));
});

test.each([
  ['in a circle', `https://${host}/`],
  ['to a stranger', `https://${shop}/`],
])('%s fails at once, with the hops', async (_, location) => {
  const lab = await deployed();
  const started = lab.clock.now();
  const error: unknown = await lab
    .runIn(redirecting(lab, location), 'wait-healthy', {})
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failed);
  expect(String(error)).toContain(location);
  expect(lab.clock.now() - started).toBeLessThan(60_000);
});

test('a host that the manifest names is followed', async () => {
  const lab = await deployed();
  const text = await readFile(manifest, 'utf8');
  lab.edit(manifest, `${text}\nhealthCheck: {redirectsTo: [${shop}]}\n`);
  const asked: string[] = [];
  await lab.runIn(redirecting(lab, `https://${shop}/`, asked), 'wait-healthy', {});
  expect(asked).toContain(`https://${shop}/`);
});

test.each([
  ['load-balancer', /in a circle/, undefined],
  ['http://door.example.com/', undefined, /redirects to https:.*in a circle/],
])('one to itself by https through %s is told', async (probe, failure, warning) => {
  const lab = await deployed();
  const world: World = {
    ...redirecting(lab, ''),
    http: async () => ({
      kind: 'answer',
      status: 301,
      location: `https://${host}/`,
      headers: {},
      body: '',
    }),
  };
  const seen = lab.lines.length;
  const ended = await lab.runIn(world, 'wait-healthy', { probe }).then(
    ({ summary = '' }) => ({ summary, error: '' }),
    (error: unknown) => ({ summary: '', error: String(error) }),
  );
  expect(ended.error).toMatch(failure ?? /^$/);
  expect(ended.summary).toMatch(warning ?? /^$/);
  expect(warning === undefined || lab.lines.slice(seen).some((line) => warning.test(line))).toBe(true);
});
