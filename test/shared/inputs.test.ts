// Whom an action is for that takes a tenant or an application, and addresses without logins.
import { describe, expect, test } from '@jest/globals';
import { httpUrl, subjectOf } from '../../src/shared/inputs.ts';

describe('the subject', () => {
  test('is the one that was given', () => {
    expect(subjectOf({ tenant: 'a', application: undefined })).toEqual({ kind: 'tenant', name: 'a' });
    expect(subjectOf({ tenant: undefined, application: 'b' })).toEqual({ kind: 'application', name: 'b' });
  });

  test.each([
    ['both', { tenant: 'a', application: 'b' }, /Both input tenant \(a\) and input application \(b\)/],
    ['none', { tenant: undefined, application: undefined }, /Neither input tenant nor input application/],
  ])('cannot be %s', (_, given, message) => {
    expect(() => subjectOf(given)).toThrow(message);
    expect(() => subjectOf(given)).toThrow(/exactly one/);
  });
});

describe('an address', () => {
  test.each([
    'https://user:made-up-pass@site.example.com/',
    'https://made-up-pass@site.example.com',
    'http:\\\\user:made-up-pass@site.example.com/',
    'ftp://user:made-up-pass@site.example.com/',
    ' https://user:made-up-pass@site.example.com/',
    'user:made-up-pass@site.example.com',
    'https://user:made-up-pass@site.example.com/ x',
  ])('with a login in it is refused and not repeated: %s', (given) => {
    const parsed = httpUrl(given);
    expect(parsed).toMatchObject({ kind: 'problem', fix: expect.stringContaining('basicAuthSecret') });
    expect(JSON.stringify(parsed)).not.toContain('made-up-pass');
  });

  test.each([
    'https://site.example.com/@author',
    'http://127.0.0.1:8080',
    'https://site.example.com/?to=a@b.c',
  ])('may have an @ behind its host: %s', (given) =>
    expect(httpUrl(given)).toEqual({ kind: 'value', value: given }),
  );
});
