// Two versions of a fleet: who has gone without having retired, and whose manifest says something else.
import { describe, expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/shared/errors.ts';
import { changedTenants, removedWithoutRetirement } from '../../../src/shared/fleet/history.ts';
import { environmentText, environmentWith, filesWith, fleetWith, tenantText } from './files.ts';

type Texts = Readonly<Record<string, string>>;

const twin = (more = ''): Texts => ({ 'tenants/twin.yml': tenantText('twin', more) });
const uat: Texts = {
  'environments/uat.yml': environmentText.replace('name: sit', 'name: uat').replace('sit-alb', 'uat-alb'),
};

describe('a tenant that has gone', () => {
  const removed = (before: Texts, now: Texts) =>
    removedWithoutRetirement(filesWith(before), fleetWith(now)).map(formatProblem);

  test('is told with its place in the earlier version and what to do', () => {
    expect(removed(twin(), {})).toEqual([
      'fleet/tenants/twin.yml:4:3: twin was removed from sit before it retired: nobody would delete what it has there. ' +
        'Put it back into fleet/tenants/twin.yml with state: retired, roll it back with rollback-tenant, then delete it.',
    ]);
  });

  test('may go once it has retired', () => {
    expect(removed(twin('state: retired\n'), {})).toEqual([]);
  });

  test('may retire, change, or stay as it is', () => {
    expect(removed(twin(), twin('state: retired\n'))).toEqual([]);
    expect(removed(twin(), twin('memory: 2048\n'))).toEqual([]);
    expect(removed(twin(), twin())).toEqual([]);
  });

  test('is told for each environment that it has left', () => {
    const both = { 'tenants/twin.yml': 'name: twin\nimage: a:b\nenvironments:\n  sit: {}\n  uat: {}\n' };
    expect(removed({ ...uat, ...both }, uat)).toHaveLength(2);
    expect(removed({ ...uat, ...both }, { ...uat, ...twin() })).toEqual([
      expect.stringContaining('fleet/tenants/twin.yml:5:3: twin was removed from uat'),
    ]);
    expect(removed({ ...uat, ...both }, twin())).toHaveLength(1);
  });

  test('is found in an earlier version that has problems of its own', () => {
    expect(removed({ ...twin('memroy: 5\n'), 'tenants/broken.yml': 'name: [\n' }, {})).toHaveLength(1);
  });
});

describe('a changed tenant', () => {
  const changed = (before: Texts, after: Texts) =>
    changedTenants(filesWith({ ...twin(), ...before }), fleetWith({ ...twin(), ...after }), 'sit');
  const all = ['goldencrust', 'twin'];

  test('is none where nothing is different', () => {
    expect(changed({}, {})).toEqual([]);
  });

  test('is one that says something else, or that is new', () => {
    expect(changed({}, twin('memory: 2048\n'))).toEqual(['twin']);
    expect(changed({}, twin('state: retired\n'))).toEqual(['twin']);
    expect(changed({}, { 'tenants/new.yml': tenantText('new') })).toEqual(['new']);
  });

  test('is none whose file only looks different', () => {
    expect(changed({}, twin('# a comment\n'))).toEqual([]);
    expect(changed({}, twin('memory: 1024\n'))).toEqual([]);
    expect(changed(twin('tags: {A: a, B: b}\n'), twin('tags:\n  B: b\n  A: a\n'))).toEqual([]);
    expect(
      changed(twin('memory: 2048\n'), {
        'environments/sit.yml': `${environmentText}defaults: {}\n`,
        ...twin('memory: 2048\n'),
      }),
    ).toEqual([]);
  });

  test('is each that a shared layer reaches', () => {
    expect(changed({}, { 'defaults.yml': 'memory: 2048\n' })).toEqual(all);
    expect(changed({}, { 'defaults.yml': 'memory: 2048\n', ...twin('memory: 1024\n') })).toEqual([
      'goldencrust',
    ]);
    expect(changed({}, { 'environments/sit.yml': environmentWith('sit-cluster', 'other-cluster') })).toEqual(
      all,
    );
    expect(
      changed({}, { 'environments/sit.yml': environmentWith('wpsit.kimmyai.io', 'example.com') }),
    ).toEqual(all);
  });

  test('is none for what an environment says of the rollout alone', () => {
    const more =
      'rollout: {soakMinutes: 5}\nwaves: [{name: all, rest: {size: 1}}]\ngithub: {approval: gate}\n';
    expect(changed({}, { 'environments/sit.yml': `${environmentText}${more}` })).toEqual([]);
    const text = environmentWith('wpsit.kimmyai.io', 'example.com');
    const host = (name: string) => tenantText(name, 'host: my.example.org\n');
    expect(
      changed(
        { 'tenants/twin.yml': host('twin') },
        { 'tenants/twin.yml': host('twin'), 'environments/sit.yml': text },
      ),
    ).toEqual(['goldencrust']);
  });

  test('is one whose earlier file could not be read', () => {
    expect(changed({ 'tenants/twin.yml': 'name: [\n' }, {})).toEqual(['twin']);
  });

  test('is one of the environment that is asked for', () => {
    const both = (more: string) => ({
      ...uat,
      'tenants/twin.yml': `name: twin\nimage: a:b\nenvironments:\n  sit: {}\n  uat: {database: {name: u, user: u}, storage: {path: /u}${more}}\n`,
    });
    const [before, after] = [both(''), both(', memory: 2048')];
    expect(changedTenants(filesWith(before), fleetWith(after), 'uat')).toEqual(['twin']);
    expect(changedTenants(filesWith(before), fleetWith(after), 'sit')).toEqual([]);
  });
});
