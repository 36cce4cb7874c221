// Containers without processes, for the virtual clock. A WordPress asks the account's network and the database's stand-in
// with what its variables say, once a database step ran there. What is wrong with the image itself is written in its tag:
// `slow` refuses every connection for its first minute, `never` takes connections and never answers, `listens-8080` is
// deaf on port 80; simulated-pages.ts and simulated-ends.ts have the rest. Every other tag is a fresh WordPress.
import type { DatabaseStandIn } from './database-stand-in.ts';
import { isWordPress, readImage } from './image.ts';
import { createProgram, refused } from './program.ts';
import type { ContainerHost, ContainerSpec, ProbeRequest, Runtime } from './runtime.ts';
import { firstThatKnows } from './runtimes.ts';
import { endOf } from './simulated-ends.ts';
import { databaseError, fresh, pageOfTag, type Said } from './simulated-pages.ts';

const slowMs = 60_000;
/** PHP waits so long for a database that does not answer. */
const databasePatienceMs = 60_000;

type Site = {
  readonly spec: ContainerSpec;
  readonly host: ContainerHost;
  readonly tag: string;
  readonly database: DatabaseStandIn;
  readonly ageMs: () => number;
};

const pass = (host: ContainerHost, ms: number): Promise<void> =>
  new Promise((resolve) => void host.clock.after(ms, resolve));

/** The driver's own words where the database does not let this site in. */
const databaseRefusal = async ({ spec, host, database }: Site): Promise<string | undefined> => {
  const { WORDPRESS_DB_HOST, WORDPRESS_DB_USER, WORDPRESS_DB_PASSWORD, WORDPRESS_DB_NAME } = spec.environment;
  if (!host.connect || !database.isUsed()) return undefined;
  const [name = '', port = '3306'] = (WORDPRESS_DB_HOST ?? 'mysql').split(':');
  switch (host.connect(name, Number(port))) {
    case 'unknown-host':
      return `php_network_getaddresses: getaddrinfo for ${name} failed: Name or service not known`;
    case 'refused':
      return 'Connection refused';
    case 'timeout':
      await pass(host, databasePatienceMs);
      return 'Connection timed out';
    case 'open':
      return database.refusal({
        user: WORDPRESS_DB_USER ?? '',
        password: WORDPRESS_DB_PASSWORD ?? '',
        database: WORDPRESS_DB_NAME ?? '',
      });
  }
};

const homeOf = ({ environment }: ContainerSpec): string | undefined =>
  /define\('WP_HOME', '([^']+)'\)/.exec(environment.WORDPRESS_CONFIG_EXTRA ?? '')?.[1];

const answer = async (site: Site, request: ProbeRequest): Promise<Said> => {
  const { tag, spec } = site;
  if (tag === 'never') return new Promise(() => {});
  if (tag === 'slow' && site.ageMs() < slowMs) return { answer: refused };
  const page = pageOfTag(tag);
  if (page) return page(request);
  const refusal = await databaseRefusal(site);
  if (refusal === undefined) return fresh(request, homeOf(spec));
  return databaseError(refusal, spec.environment.WORDPRESS_CONFIG_EXTRA?.includes('error_log(') ?? false);
};

const runWordPress =
  (database: DatabaseStandIn): Runtime =>
  (spec, host) => {
    const image = readImage(spec.image);
    if (!isWordPress(image)) return undefined;
    const { clock, log } = host;
    const startedAt = clock.now();
    const site = { spec, host, tag: image.tag, database, ageMs: () => clock.now() - startedAt };
    const { container, end } = createProgram(0, async (request) => {
      const { answer: answered, lines = [] } = await answer(site, request);
      for (const line of lines) log(line);
      const status = answered.kind === 'answer' ? answered.status : answered.reason;
      log(`"GET ${request.path} HTTP/1.1" ${status} "${request.headers['user-agent'] ?? '-'}"`);
      return answered;
    });
    const listens = Number(/^listens-(\d+)$/.exec(image.tag)?.[1] ?? 80);
    const ending = endOf(image.tag, spec);
    if (image.tag !== 'other-processor') log("AH00094: Command line: 'apache2 -D FOREGROUND'");
    const cancel =
      ending &&
      clock.after(ending.afterMs, () => {
        for (const line of ending.lines) log(line);
        end(ending.exit);
      });
    return {
      ...container,
      listens,
      stop: () => {
        cancel?.();
        container.stop();
      },
    };
  };

/** Knows `wordpress*`, and `mysql` and `mariadb` as the stand-in; every other image cannot be pulled. */
export const simulated = ({ database }: { readonly database: DatabaseStandIn }): Runtime =>
  firstThatKnows(runWordPress(database), database.runtime);
