// Laws of the quoting, against small readers of the server's own rules.
import { expect, test } from '@jest/globals';
import { SCRIPT } from '../../../src/shared/database/script.ts';
import { grantPattern, openSql, quoteIdentifier, quoteString } from '../../../src/shared/database/sql.ts';
import { databaseExits } from '../../../src/shared/diagnose/rules/database-step.ts';

const alphabet = [...`'"\\\`$();%_#-/*\n\r ab0é😀`];
const texts = Array.from({ length: 400 }, (_, index) =>
  Array.from({ length: index % 12 }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join(''),
);

/** What a server without NO_BACKSLASH_ESCAPES reads from a literal that ends where the text ends; else undefined. */
const readString = (literal: string): string | undefined =>
  /^'(?:[^'\\]|''|\\.)*'$/su.test(literal)
    ? literal.slice(1, -1).replaceAll(/''|\\(.)/gsu, (_, escaped?: string) => escaped ?? "'")
    : undefined;
const readIdentifier = (quoted: string): string | undefined =>
  /^`(?:[^`]|``)*`$/u.test(quoted) ? quoted.slice(1, -1).replaceAll('``', '`') : undefined;
/** GRANT's reading of a database name: % any characters, _ one, backslash takes the next one as it is. */
const opens = (pattern: string, name: string): boolean => {
  const source = [...pattern.matchAll(/\\(.)|(.)/gsu)].map(([, escaped, bare]) =>
    bare === '%' ? '.*' : bare === '_' ? '.' : `\\u{${(escaped ?? bare ?? '').codePointAt(0)?.toString(16)}}`,
  );
  return new RegExp(`^${source.join('')}$`, 'su').test(name);
};

test('a quoted string is read back as itself', () => {
  for (const text of texts) expect(readString(quoteString(text))).toBe(text);
});

test('a quoted identifier is read back as itself', () => {
  for (const text of texts) expect(readIdentifier(quoteIdentifier(text))).toBe(text);
});

test('a grant opens the database it names and no other', () => {
  const names = [...texts, 'a_b', 'axb', 'a%b', 'a\\_b'];
  for (const name of names) {
    expect(opens(grantPattern(name), name)).toBe(true);
    expect(names.filter((other) => other !== name && opens(grantPattern(name), other))).toEqual([]);
  }
  expect(opens('a_b', 'axb')).toBe(true);
});

test('only tls: off leaves out the demand for an encrypted session', () => {
  expect(openSql('required')).toContain('Ssl_cipher');
  expect(openSql('off')).not.toContain('Ssl_cipher');
});

test('every exit code of the script is explained, and no other', () => {
  const used = [...SCRIPT.matchAll(/(?:\bstop |code=)(\d+)/g)].map(([, code]) => Number(code));
  expect([...new Set(used)].toSorted()).toEqual(Object.keys(databaseExits).map(Number));
});

test('the script makes no temporary file, traces nothing and takes no argument for a secret', () => {
  for (const forbidden of ['<<', 'set -x', 'mktemp', '--password', ' -p"', 'SECRET', 'echo '])
    expect(SCRIPT).not.toContain(forbidden);
});
