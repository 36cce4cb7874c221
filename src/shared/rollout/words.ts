// A rollout's facts in words and Markdown, the same in every summary. Pure.
import type { TenantResult, TenantState } from '../fleet/rollout.ts';
import { cell } from '../report.ts';

export const icons: Readonly<Record<TenantState, string>> = {
  healthy: '✅',
  failed: '❌',
  cancelled: '🚫',
  'not-started': '⏸️',
  running: '🔄',
};

/** `1h 5m`, `4m 12s`, `8s`. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
  return minutes ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
};

export const took = ({ startedAt, endedAt }: Pick<TenantResult, 'startedAt' | 'endedAt'>): string =>
  startedAt === undefined || endedAt === undefined ? '' : duration(endedAt - startedAt);

/** From the first start to the last end; empty where nothing ended. */
export const tookTogether = (results: readonly TenantResult[]): string => {
  const started = results.flatMap(({ startedAt }) => startedAt ?? []);
  const ended = results.flatMap(({ endedAt }) => endedAt ?? []);
  if (!started.length || !ended.length) return '';
  return duration(
    ended.reduce((most, at) => Math.max(most, at)) - started.reduce((least, at) => Math.min(least, at)),
  );
};

/** An image's tag, or the beginning of its digest, or its name where it has neither. */
export const versionOf = (image: string): string => {
  const [, digest] = /@sha256:([0-9a-f]{12})/.exec(image) ?? [];
  if (digest) return digest;
  const [, tag] = /:([^/:@]+)$/.exec(image) ?? [];
  return tag ?? image;
};

export const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;

export const linked = (text: string, link: string | undefined): string =>
  link && /^https?:\/\/[^\s()<>|]+$/.test(link) ? `[${cell(text)}](${link})` : cell(text);

/** Foreign text as text: no link, image, emphasis, heading or list comes of it. */
export const plain = (text: string): string =>
  cell(text.trim())
    .replaceAll(/[[\]*_#!~]/g, '\\$&')
    .replace(/^[-+>]/, '\\$&');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---|').join('')}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
