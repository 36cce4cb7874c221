// action.yml is the contract and the module keeps it: the same names, defaults that parse, a post step where one is.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Parsers } from '../../src/shared/inputs.ts';

type Contract = {
  readonly description?: string;
  readonly inputs: Readonly<Record<string, { description?: string; required?: boolean; default?: unknown }>>;
  readonly outputs: Readonly<Record<string, { description?: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
};
type Module = {
  readonly title: string;
  readonly inputs: Parsers;
  readonly outputs: readonly string[];
  readonly post?: unknown;
};

const rooms = globSync('actions/*/action.yml').sort().map(dirname);

test('there are actions', () => {
  expect(rooms.length).toBeGreaterThan(0);
});

describe.each(rooms)('%s', (room) => {
  const name = basename(room);
  const contract = parse(readFileSync(join(room, 'action.yml'), 'utf8')) as Contract;
  const load = async (): Promise<Module> => import(`../../${room}/src/${name}.ts`);

  test('inputs and outputs are the same on both sides', async () => {
    const { inputs, outputs } = await load();
    expect(Object.keys(contract.inputs).sort()).toEqual(Object.keys(inputs).sort());
    expect(Object.keys(contract.outputs).sort()).toEqual([...outputs].sort());
  });

  test('what is not given parses exactly where it is not required', async () => {
    const { inputs } = await load();
    for (const [input, { required = false, default: fallback = '' }] of Object.entries(contract.inputs)) {
      // The runner passes text: an unquoted default would reach us in YAML's spelling, not in ours.
      expect({ input, type: typeof fallback }).toEqual({ input, type: 'string' });
      const kind = inputs[input]?.(String(fallback)).kind;
      expect({ input, kind }).toEqual({ input, kind: required ? 'problem' : 'value' });
    }
  });

  test('everything is described', () => {
    const described = { ...contract.inputs, ...contract.outputs, [name]: contract };
    const silent = Object.entries(described).filter(([, { description }]) => !description?.trim());
    expect(silent.map(([key]) => key)).toEqual([]);
  });

  test('it runs the built module under Node 24, with a post step exactly where the module has one', async () => {
    const { post } = await load();
    const built = { using: 'node24', main: 'dist/index.js' };
    expect(contract.runs).toMatchObject(post ? { ...built, post: 'dist/index.js' } : built);
    expect('post' in contract.runs).toBe(post !== undefined);
  });
});
