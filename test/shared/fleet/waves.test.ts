// The order of deployment: who stands in which wave, and what a wave may not say.
import { describe, expect, test } from '@jest/globals';
import { environmentText, fleetWith, tenantText } from './files.ts';
import { at, inSit, refuses } from './refusing.ts';

type Texts = Readonly<Record<string, string>>;

/** sit with waves; the first line of them is line 17. */
const waves = (text: string, more = ''): Texts => ({
  'environments/sit.yml': `${environmentText}waves:\n${text}${more}`,
});

const tenants = (...names: readonly string[]): Texts =>
  Object.fromEntries(names.map((name) => [`tenants/${name}.yml`, tenantText(name)]));

const retired = (name: string): Texts => ({ [`tenants/${name}.yml`]: tenantText(name, 'state: retired\n') });

const namesIn = (texts: Texts) =>
  fleetWith(texts)
    .waves.get('sit')
    ?.map(({ name, tenants: members }) => [name, ...members]);

describe('waves', () => {
  test('are one of all where none is written', () => {
    expect(namesIn(tenants('b', 'a'))).toEqual([['all', 'a', 'b', 'goldencrust']]);
  });

  test('keep the order in which their tenants are written', () => {
    const text = '  - {name: one, tenants: [b, goldencrust]}\n  - {name: two, tenants: [a]}\n';
    expect(namesIn({ ...waves(text), ...tenants('a', 'b') })).toEqual([
      ['one', 'b', 'goldencrust'],
      ['two', 'a'],
    ]);
  });

  test.each([
    [
      1,
      [
        ['pilot', 'goldencrust'],
        ['rest-1', 'a'],
        ['rest-2', 'b'],
        ['rest-3', 'c'],
      ],
    ],
    [
      2,
      [
        ['pilot', 'goldencrust'],
        ['rest-1', 'a', 'b'],
        ['rest-2', 'c'],
      ],
    ],
    [
      3,
      [
        ['pilot', 'goldencrust'],
        ['rest-1', 'a', 'b', 'c'],
      ],
    ],
    [
      4,
      [
        ['pilot', 'goldencrust'],
        ['rest-1', 'a', 'b', 'c'],
      ],
    ],
  ])('of the rest have %i tenants each, in alphabetical order', (size, expected) => {
    const text = `  - {name: pilot, tenants: [goldencrust]}\n  - {name: rest, rest: {size: ${size}}}\n`;
    expect(namesIn({ ...waves(text), ...tenants('c', 'a', 'b') })).toEqual(expected);
  });

  test('of a rest that is nobody are none', () => {
    const text = '  - {name: pilot, tenants: [goldencrust]}\n  - {name: rest, rest: {size: 4}}\n';
    expect(namesIn(waves(text))).toEqual([['pilot', 'goldencrust']]);
  });

  test('hold no retired tenant, written or not', () => {
    const rest = waves('  - {name: rest, rest: {size: 4}}\n');
    const pilot = waves('  - {name: pilot, tenants: [goldencrust]}\n');
    expect(namesIn({ ...retired('a') })).toEqual([['all', 'goldencrust']]);
    expect(namesIn({ ...rest, ...retired('a') })).toEqual([['rest-1', 'goldencrust']]);
    expect(namesIn({ ...pilot, ...retired('a') })).toEqual([['pilot', 'goldencrust']]);
  });

  test('of an environment without active tenants are none', () => {
    expect(namesIn(retired('goldencrust'))).toEqual([]);
  });

  test('go at the environment’s pace unless they have their own', () => {
    const rollout = 'rollout: {maxConcurrency: 8, failureBudget: 2, soakMinutes: 5}\n';
    const text = `  - {name: one, tenants: [goldencrust], soakMinutes: 0, failureBudget: "50%", maxConcurrency: 1}
  - {name: two, rest: {size: 9}, soakMinutes: 7}\n`;
    expect(fleetWith({ ...waves(text, rollout), ...tenants('a') }).waves.get('sit')).toEqual([
      {
        name: 'one',
        tenants: ['goldencrust'],
        soakMinutes: 0,
        failureBudget: { kind: 'percent', percent: 50 },
        maxConcurrency: 1,
      },
      {
        name: 'two-1',
        tenants: ['a'],
        soakMinutes: 7,
        failureBudget: { kind: 'count', count: 2 },
        maxConcurrency: 8,
      },
    ]);
  });
});

const twin = tenants('twin');
const twinAt = (place: string) => `fleet/tenants/twin.yml:${place}: `;

refuses('waves', [
  [
    'a tenant in two waves',
    { ...waves('  - {name: a, tenants: [goldencrust, twin]}\n  - {name: b, tenants: [twin]}\n'), ...twin },
    [inSit('18:25'), 'twin is in wave a already (line 17)'],
  ],
  [
    'a tenant twice in one',
    { ...waves('  - {name: a, tenants: [goldencrust, twin, twin]}\n'), ...twin },
    [inSit('17:44'), 'twin is in wave a already (line 17)'],
  ],
  [
    'a tenant in no wave',
    { ...waves('  - {name: a, tenants: [goldencrust]}\n'), ...twin },
    [twinAt('4:3'), 'twin is in no wave of sit', 'environments/sit.yml', 'rest: {size: 4}'],
  ],
  [
    'an unknown tenant',
    { ...waves('  - {name: a, tenants: [goldencrust, twin, twim]}\n'), ...twin },
    [inSit('17:44'), 'no tenant twim', '`twin`?'],
  ],
  [
    'a tenant that lives elsewhere',
    {
      ...waves('  - {name: a, tenants: [goldencrust, twin]}\n'),
      'environments/uat.yml': environmentText.replace('name: sit', 'name: uat'),
      'tenants/twin.yml': 'name: twin\nimage: a:b\nenvironments: {uat: {}}\n',
    },
    [inSit('17:38'), 'twin does not live in sit', 'tenants/twin.yml'],
  ],
  [
    'a retired tenant',
    { ...waves('  - {name: a, tenants: [goldencrust, twin]}\n'), ...retired('twin') },
    [inSit('17:38'), 'twin is retired in sit', 'out of the wave'],
  ],
  [
    'two waves of one name',
    { ...waves('  - {name: a, tenants: [goldencrust]}\n  - {name: a, tenants: [twin]}\n'), ...twin },
    [inSit('18:12'), 'Another wave is named a'],
  ],
  [
    'a wave of the rest with another’s name',
    { ...waves('  - {name: a-1, tenants: [goldencrust]}\n  - {name: a, rest: {size: 1}}\n'), ...twin },
    [inSit('18:12'), 'Another wave is named a-1'],
  ],
  [
    'an empty wave',
    { ...waves('  - {name: a, tenants: [goldencrust, twin]}\n  - {name: b, tenants: []}\n'), ...twin },
    [inSit('18:24'), 'an empty list'],
  ],
  [
    'waves of nobody each',
    waves('  - {name: a, rest: {size: 0}}\n'),
    [inSit('17:28'), 'number 0', '1 to 10000'],
  ],
  [
    'a wave without tenants',
    waves('  - {name: a, soakMinutes: 1}\n  - {name: b, rest: {size: 1}}\n'),
    [inSit('17:12'), 'The wave a has neither `tenants` nor `rest`', 'rest: {size: 4}'],
  ],
  [
    'a wave of both',
    waves('  - {name: a, tenants: [goldencrust], rest: {size: 1}}\n'),
    [inSit('17:39'), 'both `tenants` and `rest`'],
  ],
  [
    'a rest before others',
    waves('  - {name: a, rest: {size: 1}}\n  - {name: b, tenants: [goldencrust]}\n'),
    [inSit('17:15'), 'other waves follow it', 'the last wave'],
  ],
  [
    'two rests',
    waves('  - {name: a, rest: {size: 1}}\n  - {name: b, rest: {size: 1}}\n'),
    [inSit('17:15'), 'only one may say `rest`'],
  ],
  [
    'a name that is none',
    waves('  - {name: Pilot, rest: {size: 1}}\n'),
    [inSit('17:12'), 'text "Pilot"', 'lower-case'],
  ],
]);

refuses('states', [
  [
    'another state',
    { 'tenants/goldencrust.yml': tenantText('goldencrust', 'state: gone\n') },
    [at('5:8'), 'text "gone"', 'active or retired'],
  ],
  [
    'a state for all tenants',
    { 'defaults.yml': 'state: retired\n' },
    ['fleet/defaults.yml:1:1: ', '`state` is not a key here'],
  ],
  [
    'a state for all tenants of an environment',
    { 'environments/sit.yml': `${environmentText}defaults: {state: retired}\n` },
    [inSit('16:12'), '`defaults.state` is not a key here'],
  ],
  [
    'the host of a retired tenant',
    {
      ...retired('goldencrust'),
      'tenants/twin.yml': tenantText('twin', 'host: goldencrust.wpsit.kimmyai.io\n'),
    },
    [twinAt('5:7'), 'host goldencrust.wpsit.kimmyai.io', 'roll goldencrust, which is retired, back in sit'],
  ],
]);

test('a tenant retires in one environment, and comes back by its override', () => {
  const fleet = (own: string, sit: string) =>
    fleetWith({
      'tenants/goldencrust.yml': `name: goldencrust\nimage: a:b\n${own}environments: {sit: {${sit}}}\n`,
    });
  const stateOf = (own: string, sit: string) => fleet(own, sit).tenants.get('sit')?.get('goldencrust')?.state;
  expect(stateOf('', '')).toBe('active');
  expect(stateOf('', 'state: retired')).toBe('retired');
  expect(stateOf('state: retired\n', '')).toBe('retired');
  expect(stateOf('state: retired\n', 'state: active')).toBe('active');
  expect(stateOf('state: retired\n', 'state: null')).toBe('active');
});
