// Nobody reads advice for the other kind: a tenant is put right by this repository's actions, an application where it is made.
import { describe, expect, test } from '@jest/globals';
import { findAll, stepsFor } from '../../../src/shared/diagnose/find.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { failures } from './fixtures.ts';

const words = {
  tenant: /\b(?:an? )?applications?\b(?!-autoscaling|\/)/i,
  application:
    /provision-tenant|rollback-tenant|deploy-tenant|operation: (?:init|verify)|for (?:a )?tenants?\b|^A tenant\b|\{(?:tenant|environmentManifest)\}/i,
} as const;

const shared = ['start', 'container', 'network', 'deployment', 'files'];

describe('steps', () => {
  const kinds = ['tenant', 'application'] as const;
  test.each(kinds)('for a %s alone are its own', (kind) => {
    const steps = serviceRules
      .filter(({ area }) => shared.includes(area))
      .flatMap(({ id, fix }) => stepsFor(fix, kind).map((step) => `${id}: ${step}`));
    // Rules that only a tenant's evidence shows have no other text.
    const onlyTenants = /^(?:secret-of-another-tenant|files-|php-)/;
    const strange = steps.filter((step) => words[kind].test(step) && !onlyTenants.test(step));
    expect(strange).toEqual([]);
  });

  test.each(failures)('$name leaves somebody of either kind something to do', ({ evidence }) => {
    const kinds = [evidence, { ...evidence, facts: { ...evidence.facts, tenant: 'goldencrust' } }];
    for (const one of kinds)
      for (const finding of findAll(serviceRules, one)) expect(finding.fix).not.toEqual([]);
  });
});

test('a step for both kinds is one text, a step for one is told to nobody else', () => {
  const fix = ['both', { tenant: 'hers' }, { tenant: 'one', application: 'other' }];
  expect(stepsFor(fix, 'tenant')).toEqual(['both', 'hers', 'one']);
  expect(stepsFor(fix, 'application')).toEqual(['both', 'other']);
});

test('what another deployment or a person stopped does not fail again by itself', () => {
  const told = ['deployment-superseded', 'deployment-stopped-by-hand'].map((id) =>
    serviceRules.find((rule) => rule.id === id),
  );
  expect(told.map((rule) => rule?.lasts)).toEqual(['passing', 'passing']);
});
