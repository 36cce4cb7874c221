// Containers without processes, for the virtual clock. What a web container does is written in its image's tag:
// `wordpress:boom-500` answers 500 to everything, `:exits-1` ends after a second with code 1, `:slow` refuses every
// connection for its first minute, `:never` takes connections and never answers; every other tag is a fresh WordPress.
import type { DatabaseStandIn } from './database-stand-in.ts';
import { isWordPress, readImage } from './image.ts';
import { createProgram, refused } from './program.ts';
import type { ProbeAnswer, ProbeRequest, Runtime } from './runtime.ts';
import { firstThatKnows } from './runtimes.ts';

const slowMs = 60_000;
const exitMs = 1_000;
const installer = '/wp-admin/install.php';

const page = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): ProbeAnswer => ({
  kind: 'answer',
  status,
  headers: { server: 'Apache/2.4.62 (Debian)', 'content-type': 'text/html; charset=UTF-8', ...headers },
  body,
});

const wordPress = ({ path, host }: ProbeRequest): ProbeAnswer =>
  path.split('?')[0] === installer
    ? page(200, '<title>WordPress &rsaquo; Installation</title>')
    : page(302, '', { location: `http://${host}${installer}` });

type Answering = (request: ProbeRequest) => Promise<ProbeAnswer>;

const never = (): Promise<ProbeAnswer> => new Promise(() => {});

const behaviour = (tag: string, ageMs: () => number): Answering => {
  const status = /^boom-(\d{3})$/.exec(tag)?.[1];
  if (status) return async () => page(Number(status), 'There has been a critical error on this website.');
  if (tag === 'never') return never;
  if (tag === 'slow') return async (request) => (ageMs() < slowMs ? refused : wordPress(request));
  return async (request) => wordPress(request);
};

const runWordPress: Runtime = (spec, { clock, log }) => {
  const image = readImage(spec.image);
  if (!isWordPress(image)) return undefined;
  const startedAt = clock.now();
  const answer = behaviour(image.tag, () => clock.now() - startedAt);
  const { container, end } = createProgram(0, async (request) => {
    const answered = await answer(request);
    const status = answered.kind === 'answer' ? answered.status : answered.reason;
    log(`"GET ${request.path} HTTP/1.1" ${status} "${request.headers['user-agent'] ?? '-'}"`);
    return answered;
  });
  log("AH00094: Command line: 'apache2 -D FOREGROUND'");
  const code = /^exits-(\d+)$/.exec(image.tag)?.[1];
  if (!code) return container;
  const cancel = clock.after(exitMs, () => {
    log(
      'PHP Fatal error:  Uncaught Error: Failed opening required wp-config.php in /var/www/html/wp-load.php:50',
    );
    end({ code: Number(code) });
  });
  return {
    ...container,
    stop: () => {
      cancel();
      container.stop();
    },
  };
};

/** Knows `wordpress*`, and `mysql` and `mariadb` as the stand-in; every other image cannot be pulled. */
export const simulated = ({ database }: { readonly database: DatabaseStandIn }): Runtime =>
  firstThatKnows(runWordPress, database.runtime);
