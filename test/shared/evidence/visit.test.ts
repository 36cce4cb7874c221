// A visit follows redirects as a browser would, tells no other host the password, and its verdict knows circles and strangers.
import { describe, expect, test } from '@jest/globals';
import type { Visit } from '../../../src/shared/diagnose/evidence.ts';
import { visit } from '../../../src/shared/evidence/visit.ts';
import { wordsOf } from '../../../src/shared/evidence/words-of.ts';
import { doubtOf, judgeVisit } from '../../../src/shared/judge/http.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../../src/shared/world.ts';

const host = 'goldencrust.sit.example.com';
const url = `https://${host}/`;
const headers = { Host: host, 'User-Agent': 'tenant-actions', Authorization: 'Basic obviously-fake' };

const page = (status: number, more: Partial<HttpAnswer & { kind: 'answer' }> = {}): HttpAnswer => ({
  kind: 'answer',
  status,
  location: undefined,
  headers: {},
  body: '',
  ...more,
});
const redirect = (location: string, status = 302): HttpAnswer => page(status, { location });

/** A network of pages by address. */
const createNetwork = (pages: Readonly<Record<string, HttpAnswer>>) => {
  const asked: HttpRequest[] = [];
  const http: Http = async (request) => {
    asked.push(request);
    return pages[request.url] ?? { kind: 'no-answer', reason: 'ENOTFOUND' };
  };
  return { asked, http };
};

const look = async (
  pages: Readonly<Record<string, HttpAnswer>>,
  given: {
    readonly url?: string;
    readonly by?: Visit['by'];
    readonly redirectsTo?: readonly string[];
    readonly matcher?: string;
  } = {},
) => {
  const { asked, http } = createNetwork(pages);
  const redirectsTo = given.redirectsTo ?? [];
  const seen = await visit(http, { url: given.url ?? url, headers, by: given.by ?? 'public', redirectsTo });
  const wanted = { host, redirectsTo, matcher: given.matcher ?? '200-399' };
  return {
    asked,
    seen,
    verdict: judgeVisit(seen, wanted),
    doubt: doubtOf(seen, wanted),
  };
};

describe('redirects', () => {
  test("a new site's redirect to the installer is followed and fine", async () => {
    const { seen, verdict } = await look({
      [url]: redirect('/wp-admin/install.php'),
      [`${url}wp-admin/install.php`]: page(200, { body: '<h1>Welcome</h1>' }),
    });
    expect(seen.hops.map((hop) => hop.url)).toEqual([url, `${url}wp-admin/install.php`]);
    expect(verdict.kind).toBe('ready');
  });

  test.each([
    ['to itself', { [url]: redirect(url, 301) }],
    ['to itself with a mark', { [url]: redirect('#top') }],
    ['over http', { [url]: redirect(`http://${host}/`), [`http://${host}/`]: redirect(url) }],
    ['over www', { [url]: redirect(`https://www.${host}/`), [`https://www.${host}/`]: redirect(url) }],
  ])('a circle %s fails at once, with its hops', async (_, pages) => {
    const { verdict, asked } = await look(pages);
    expect(verdict).toMatchObject({ kind: 'failed', what: expect.stringContaining('in a circle') });
    expect(verdict.kind === 'failed' && verdict.what).toContain(`${url} answers 30`);
    expect(verdict.kind === 'failed' && verdict.fix).toContain('WP_HOME');
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test('a circle that never comes by the same address is given up after five redirects', async () => {
    const { http } = createNetwork({});
    let asked = 0;
    const counting: Http = async (request) => {
      await http(request);
      asked += 1;
      return redirect(`/?turn=${asked}`);
    };
    const seen = await visit(counting, { url, headers, by: 'public' });
    expect(asked).toBe(6);
    expect(seen.hops).toHaveLength(6);
    expect(judgeVisit(seen, { host, redirectsTo: [], matcher: '200-399' }).kind).toBe('failed');
  });

  test("another host fails at once and is never asked; the manifest's may be, without the password", async () => {
    const other = 'https://shop.example.net/';
    const pages = { [url]: redirect(other), [other]: page(200) };
    const refused = await look(pages);
    expect(refused.verdict).toMatchObject({ kind: 'failed', what: expect.stringContaining(other) });
    expect(refused.asked).toHaveLength(1);
    const meant = await look(pages, { redirectsTo: ['shop.example.net'] });
    expect(meant.verdict.kind).toBe('ready');
    expect(meant.asked[1]?.headers).toEqual({ Host: 'shop.example.net', 'User-Agent': 'tenant-actions' });
  });

  test('the password goes along within the site, and not from https to http', async () => {
    const plain = `http://www.${host}/`;
    const { asked } = await look({
      [url]: redirect(`https://www.${host}/`),
      [`https://www.${host}/`]: redirect(plain),
      [plain]: page(200),
    });
    expect(asked.map((request) => request.headers.Authorization)).toEqual([
      headers.Authorization,
      headers.Authorization,
      undefined,
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'ftp://files.example.com/',
    'https://goldencrust.sit.example.com.evil.example/',
  ])('%s is no place to go', async (location) => {
    const { asked, verdict } = await look({ [url]: redirect(location) });
    expect(asked).toHaveLength(1);
    expect(verdict.kind).toBe('failed');
  });

  test('a Location that is no address ends the visit', async () => {
    const { verdict } = await look({ [url]: redirect('http://[') });
    expect(verdict.kind).toBe('ready');
  });
});

describe("through a load balancer's own address", () => {
  const door = 'http://sit-alb-1.eu-west-2.elb.amazonaws.com/';

  test("the site's own host is asked at the same door", async () => {
    const { asked, verdict } = await look(
      { [door]: redirect(`http://${host}/start/`), [`${door}start/`]: page(200) },
      { url: door },
    );
    expect(asked[1]).toMatchObject({ url: `${door}start/`, headers });
    expect(verdict.kind).toBe('ready');
  });

  test('a redirect to another page by https ends there: this door does not speak it', async () => {
    const { asked, verdict, doubt } = await look(
      { [door]: redirect(`https://${host}/start/`, 301) },
      { url: door },
    );
    expect(asked).toHaveLength(1);
    expect(verdict.kind).toBe('ready');
    expect(doubt).toBeUndefined();
  });

  const toItself = { [door]: redirect(`https://${host}/`, 301) };

  test("one to the same page by https, asked again as https asks, is a circle behind the tenant's own listener", async () => {
    const { asked, verdict, doubt } = await look(toItself, { url: door, by: 'load-balancer' });
    expect(asked.map((request) => request.headers['X-Forwarded-Proto'])).toEqual([undefined, 'https']);
    expect(asked[1]).toMatchObject({ url: door, headers });
    expect(verdict).toMatchObject({
      kind: 'failed',
      what: expect.stringMatching(/in a circle.*X-Forwarded-Proto: https/),
      fix: expect.stringContaining('WP_HOME'),
    });
    expect(doubt).toBeUndefined();
  });

  test('at a given address it may be the door that redirects: healthy, with a warning', async () => {
    const { asked, verdict, doubt } = await look(toItself, { url: door, by: 'given' });
    expect(asked).toHaveLength(2);
    expect(verdict.kind).toBe('ready');
    expect(doubt).toContain('set probe to its https:// address');
    expect(doubt).toContain('in a circle');
  });

  test.each([
    [200, 'ready'],
    [500, 'pending'],
  ])('a site that knows https by the headers answers then: %s is %s', async (status, kind) => {
    const http: Http = async (request) =>
      request.headers['X-Forwarded-Proto'] === 'https' ? page(status) : redirect(`https://${host}/`, 301);
    const seen = await visit(http, { url: door, headers, by: 'load-balancer' });
    const wanted = { host, redirectsTo: [], matcher: '200-399' };
    expect(seen.hops).toHaveLength(2);
    expect(judgeVisit(seen, wanted).kind).toBe(kind);
    expect(doubtOf(seen, wanted)).toBeUndefined();
  });
});

describe('the verdict', () => {
  const target = `${url}en/`;
  const led = (answer: HttpAnswer) => ({ [url]: redirect('/en/'), [target]: answer });
  test.each([
    ['an error at the end of a redirect', led(page(500)), 'pending'],
    ['no answer at the end', led({ kind: 'no-answer', reason: 'ETIMEDOUT' }), 'pending'],
    ['a login at the end', led(page(401)), 'failed'],
    ['a page at the end', led(page(200)), 'ready'],
    ['nothing at all', {}, 'pending'],
  ])('%s: %s', async (_, pages, kind) => {
    expect((await look(pages)).verdict.kind).toBe(kind);
  });

  test('the first answer must be one that the manifest wants', async () => {
    const { verdict } = await look(led(page(200)), { matcher: '200' });
    expect(verdict).toMatchObject({ kind: 'pending', why: expect.stringMatching(/302 to \/en\/.*not 200/) });
  });
});

describe('what is kept of an answer', () => {
  test('its words, without markup, scripts and credentials, and few headers', async () => {
    const { seen } = await look({
      [url]: page(500, {
        headers: {
          'x-cache': 'Error from cloudfront',
          'set-cookie': 'session=1',
          'content-type': 'text/html',
        },
        body: '<html><head><title>Database Error</title><style>h1{}</style><script>var a = "<b>";</script></head><body><!-- no > this --><h1>Error establishing a database connection</h1>\u001b[31mDB_PASSWORD=hunter2hunter2</body>',
      }),
    });
    const answer = seen.hops[0]?.answer;
    expect(answer).toMatchObject({
      excerpt: 'Database Error Error establishing a database connection DB_PASSWORD=***',
      headers: { 'x-cache': 'Error from cloudfront', 'content-type': 'text/html' },
    });
    expect(JSON.stringify(seen)).not.toContain('session=1');
  });

  test('at most 500 characters, and none of an image', async () => {
    const long = await look({ [url]: page(200, { body: 'word '.repeat(10_000) }) });
    const image = await look({ [url]: page(200, { body: 'PNG', headers: { 'content-type': 'image/png' } }) });
    const excerpts = [long, image].map(({ seen }) => {
      const answer = seen.hops[0]?.answer;
      return answer?.kind === 'answer' ? answer.excerpt.length : -1;
    });
    expect(excerpts).toEqual([500, 0]);
  });

  test.each(['<script', '<!--', '<', '&', '<style>x', '</'])(
    'a page of nothing but %s takes no time',
    (piece) => {
      const started = performance.now();
      wordsOf(piece.repeat(Math.floor(65_536 / piece.length)));
      expect(performance.now() - started).toBeLessThan(500);
    },
  );
});
