// How a simulated WordPress ends by itself, by its image's tag, and what it logs before.
import type { ContainerSpec, Exit } from './runtime.ts';

export type End = { readonly afterMs: number; readonly exit: Exit; readonly lines: readonly string[] };

const soonMs = 1_000;
const laterMs = 5_000;

const outOfMemory: End = {
  afterMs: laterMs,
  exit: { code: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
  lines: [],
};

const byTag: Readonly<Record<string, End>> = {
  oom: outOfMemory,
  segfault: { afterMs: laterMs, exit: { code: 139 }, lines: [] },
  killed: { afterMs: laterMs, exit: { code: 137 }, lines: [] },
  'other-processor': {
    afterMs: 0,
    exit: { code: 1 },
    lines: ['exec /usr/local/bin/docker-entrypoint.sh: exec format error'],
  },
  'files-denied': {
    afterMs: soonMs,
    exit: { code: 2 },
    lines: [
      'tar: ./wp-content/themes: Cannot mkdir: Permission denied',
      'tar: ./wp-content/plugins/index.php: Cannot open: Permission denied',
      'tar: Exiting with failure status due to previous errors',
    ],
  },
  'files-owner': {
    afterMs: soonMs,
    exit: { code: 2 },
    lines: [
      'tar: ./wp-content/themes/twentytwentythree/readme.txt: Cannot change ownership to uid 33, gid 33: Operation not permitted',
      'tar: Exiting with failure status due to previous errors',
    ],
  },
};

/** undefined: it runs until it is stopped. */
export const endOf = (tag: string, { memory = 0 }: ContainerSpec): End | undefined => {
  const need = /^needs-(\d+)$/.exec(tag)?.[1];
  if (need) return Number(need) > memory && memory > 0 ? outOfMemory : undefined;
  const code = /^exits-(\d+)$/.exec(tag)?.[1];
  if (!code) return byTag[tag];
  const line =
    'PHP Fatal error:  Uncaught Error: Failed opening required wp-config.php in /var/www/html/wp-load.php:50';
  return { afterMs: soonMs, exit: { code: Number(code) }, lines: [line] };
};
