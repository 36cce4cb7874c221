// Whatever a container, a page or AWS says: the runner obeys nothing in it, no secret comes through, nothing hangs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';

const secret = 'Kp9*v[2]_x~q&lt;R7$w';
const esc = '\u001b';
const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Told = {
  readonly status: number | null;
  readonly seconds: number;
  /** What the runner reads, line by line as it does. */
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly summary: string;
};

/** The action as the runner starts it, failing over `text`. */
const failOver = (text: string | Buffer, more: Readonly<Record<string, string>> = {}): Told => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  made.push(folder);
  const [hostile, summary] = [join(folder, 'hostile'), join(folder, 'summary.md')];
  writeFileSync(hostile, text);
  for (const name of ['summary.md', 'output', 'state']) writeFileSync(join(folder, name), '');
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, ['test/shared/hostile-action.ts'], {
    encoding: 'utf8',
    env: {
      HOSTILE: hostile,
      ...more,
      SECRET: secret,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STATE: join(folder, 'state'),
    },
  });
  const lines = stdout.split(/\r\n|\r|\n/);
  return {
    status,
    seconds: (performance.now() - started) / 1_000,
    lines,
    errors: lines.filter((line) => line.startsWith('::error')),
    summary: readFileSync(summary, 'utf8'),
  };
};

/** As the runner finds them: it trims a line's beginning, U+0085 too, and takes the older spelling anywhere. */
const commands = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => /^[\s\u0085]*::/.test(line) || line.includes('##['));

/** Markdown outside of fences and code spans, as it is obeyed. */
const obeyed = (markdown: string): string =>
  markdown.replace(/^~~~text\n[\s\S]*?\n~~~$/gm, '').replace(/(?<!(?<!\\)(?:\\\\)*\\)`[^`\n]+`/g, '');

describe('no line of it is a command to the runner', () => {
  test.each([
    '::error::taken',
    '  ::add-mask::a',
    '\u0085::stop-commands::x',
    '\ufeff::set-output name=a::b',
    'first\n::error::second',
    'first\r::error::second',
    'first\u2028::error::second',
    '##[group]open',
    'x ##[error]y',
    '####[warning]z',
    `#${esc}[0m#[group]hidden behind a colour`,
    `:${esc}[0m:error::hidden behind a colour`,
    `${esc}]0;title${String.fromCharCode(7)}::error::behind a title`,
    '%0A::error::escaped already',
  ])('%j', (text) => {
    const { lines, errors, status } = failOver(text);
    expect(status).toBe(1);
    expect(errors).toHaveLength(1);
    expect(commands(lines).filter((line) => !/^::(error|add-mask)::/.test(line))).toEqual([]);
    expect(commands(lines).filter((line) => line.startsWith('::add-mask::'))).toHaveLength(1);
  });
});

test.each([
  ['colours and cursor moves', `${esc}[31mred${esc}[2J${esc}[1;1Hhome`],
  ['a window title', `${esc}]0;evil${String.fromCharCode(7)}text`],
  ['a link of the terminal', `${esc}]8;;https://evil.example${esc}\\text${esc}]8;;${esc}\\`],
  ['a device string', `${esc}P1;2|abc${esc}\\text`],
  ['an unfinished sequence', `text${esc}]0;never ends`],
  ['NUL, bell, backspace, delete', 'a\u0000b\u0007c\u0008d\u007fe'],
  ['controls of eight bits', 'a\u009b31mb\u0090c'],
  ['writing turned round', 'a\u202eb\u2066c'],
  ['invalid UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x62])],
])('nothing of %s reaches a terminal', (_, text) => {
  const { lines, summary } = failOver(text);
  const isHarmless = (line: string): boolean => !/(?!\t)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(line);
  expect([...lines, ...summary.split('\n')].filter((line) => !isHarmless(line))).toEqual([]);
});

describe('no secret comes through', () => {
  test.each([
    ['a registered one', `password is ${secret} here`],
    ['a registered one in colours', `password is ${secret.slice(0, 4)}${esc}[1m${secret.slice(4)} here`],
    [
      'a registered one behind a title',
      `x ${secret.slice(0, 4)}${esc}]0;t${String.fromCharCode(7)}${secret.slice(4)}`,
    ],
    ['a registered one as base64', Buffer.from(secret).toString('base64')],
    ['a registered one where a text is cut', `${'x '.repeat(1_993)}${secret}${' y'.repeat(3_000)}`],
    ['a registered one where a line is cut', `${'x '.repeat(493)}${secret}${' y'.repeat(300)}`],
    ['one that nobody registered', `DB_PASSWORD=${secret}`],
    ['one in an address', `mysql://root:${secret.slice(0, 3)}aBcDeFgH@db:3306/x`],
  ])('%s', (_, text) => {
    const { lines, summary } = failOver(text);
    const shown = [...lines.filter((line) => !line.startsWith('::add-mask::')), summary].join('\n');
    for (const part of [secret, secret.slice(0, 8), secret.slice(-8), 'aBcDeFgH', '\\*v\\[2\\]'])
      expect(shown).not.toContain(part);
  });
});

test.each([
  ['in colours', `${secret.slice(0, 4)}${esc}[1m${secret.slice(4)}`],
  ['at the beginning of a command', `::error::${secret}`],
  ['after a carriage return', `a\r::error::${secret}\rb`],
])('a line that an action logs as it came is safe too: a secret %s', (_, text) => {
  const { lines } = failOver(text, { RAW: '1' });
  const told = lines.filter((line) => !line.startsWith('::add-mask::'));
  expect(told.join('\n')).not.toContain(secret.slice(4));
  expect(commands(told).filter((line) => !line.startsWith('::error::goldencrust'))).toEqual([]);
});

describe('the summary shows it and obeys nothing in it', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '</details></details><h1>All is well</h1>',
    '<!-- comment',
    '![picture](https://evil.example/p.png)',
    '[click](https://evil.example)',
    '[click]: https://evil.example',
    'click https://evil.example/a_b now',
    'at HTTP://evil.example.',
    '(ftp://evil.example)',
    '_www.evil.example_ and x@www.evil.example',
    'write to evil@evil.example, mailto:evil@evil.example',
    '`unbalanced www.evil.example',
    '# All is well',
    '~~~\n# out of the fence',
    '```\n# out of the fence',
    '`<b>` and ` unbalanced <b>',
    '``` `` ` <b>x</b> ` `` ```',
    '| a | b |\n|---|---|',
    '> quoted\n\nout of the quotation <b>',
    '&lt;b&gt; &#60;b&#62;',
    '$\\href{javascript:alert(1)}{x}$',
    '**bold** __bold__ *i* _i_ ~~gone~~',
    '\\`<b>\\`',
  ])('%j', (text) => {
    const { summary } = failOver(text);
    const rest = obeyed(summary)
      .replace(/<\/?details( open)?>|<\/?summary>/g, '')
      .replace(/\[(everything-is-lost|second)\]\(docs\/troubleshooting\.md#\1\)/g, '')
      .replace(/\*\*(Fix|Verify:)\*\*/g, '');
    expect(rest).not.toMatch(/<[a-z/!]|:\/\/|www\.|\w@\w/i);
    expect(rest).not.toMatch(/(?<!\\)[[\]*_~$]/);
    expect(summary.match(/^#{1,6} /gm)).toHaveLength(3);
    expect((summary.match(/^~~~/gm) ?? []).length % 2).toBe(0);
  });
});

test('ten megabytes without a line end are short and soon told', () => {
  const { lines, summary, seconds, status } = failOver('x'.repeat(10_000_000));
  expect(status).toBe(1);
  expect(seconds).toBeLessThan(5);
  expect(lines.join('\n').length + summary.length).toBeLessThan(100_000);
});
