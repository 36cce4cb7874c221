// Whom an action is for that takes a tenant or an application.
import { describe, expect, test } from '@jest/globals';
import { subjectOf } from '../../src/shared/inputs.ts';

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
