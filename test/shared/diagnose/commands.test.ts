// Every command of aws-cli that a person is told to run is one: it passes the shell, and aws-cli's own parser.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fill, findAll, stepsFor } from '../../../src/shared/diagnose/find.ts';
import { everyRule } from '../../../src/shared/diagnose/rules/every.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { findAwsCli } from '../../runbook/aws-cli.ts';
import { failures } from './fixtures.ts';

const cli = findAwsCli();

/** The Python that aws-cli runs in; the bundled one of AWS's own installer cannot be asked. */
const python =
  cli && /^#!(\S*python\S*)/.exec(readFileSync(join(cli.folder, 'aws'), 'latin1').slice(0, 200))?.[1];
if (!python)
  process.stderr.write(
    'Left out: commands of findings; no aws-cli 2 that is written in Python is in PATH.\n',
  );

const texts = (): readonly string[] => [
  ...failures.flatMap(({ evidence }) =>
    findAll(serviceRules, evidence).flatMap(({ cause, fix, verify }) => [cause, ...fix, verify]),
  ),
  ...everyRule.flatMap(({ cause, fix, verify }) =>
    [cause, ...stepsFor(fix, 'tenant'), ...stepsFor(fix, 'application'), verify].map((text) =>
      fill(text, {}),
    ),
  ),
];

/** What a person fills in is filled in: places by a number, which is also a name, files by their content. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]*\baws [a-z][^`]*)`/g)].map(([, command = '']) =>
    command
      .replaceAll(/<[^<>]+>/g, '1')
      .replaceAll(/fileb:\/\/\S+/g, 'MQ==')
      .replaceAll(/file:\/\/\S+/g, '1'),
  );

const stubs = {
  aws: 'for one; do printf "%s\\0" "$one"; done >> "$HEARD"; printf "\\1" >> "$HEARD"\ncase "$*" in *networkConfiguration*) echo \'{"awsvpcConfiguration":{"subnets":["1"]}}\' ;; *) echo 1 ;; esac',
  date: 'echo 2026-11-22T10:00:00Z',
};

/** The arguments of each call of aws in it, as the shell hands them over; nothing else is there to be run. */
const callsOf = (folder: string, command: string): readonly (readonly string[])[] => {
  const heard = join(folder, 'heard');
  writeFileSync(heard, '');
  const { stderr } = spawnSync('/bin/sh', ['-c', command], {
    env: { PATH: folder, HEARD: heard },
    cwd: folder,
    encoding: 'utf8',
  });
  if (/syntax error|unterminated/i.test(stderr)) throw new Error(`${command}: ${stderr}`);
  return readFileSync(heard, 'utf8')
    .split('\u0001')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
};

/** Newer than the aws-cli that distributions have. */
const isYounger = ([service, operation]: readonly string[]): boolean =>
  service === 'ecs' && operation === 'list-service-deployments';

const testWithCli = python ? test : test.skip;

testWithCli(
  'every command of aws-cli is understood by it',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'commands-'));
    for (const [name, body] of Object.entries(stubs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const commands = [...new Set(texts().flatMap(commandsIn))];
    const calls = commands.flatMap((command) =>
      callsOf(folder, command)
        .filter((args) => !isYounger(args))
        .map((args) => ({ command, args })),
    );
    rmSync(folder, { recursive: true });
    const { stdout, stderr } = spawnSync(python ?? '', [join(import.meta.dirname, 'parse-aws.py')], {
      input: calls.map(({ args }) => `${JSON.stringify(args)}\n`).join(''),
      env: { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' },
      encoding: 'utf8',
    });
    const wrong = stdout.split('\n').slice(0, -1);
    expect({ stderr, lines: wrong.length }).toEqual({ stderr: '', lines: calls.length });
    expect(calls.length).toBeGreaterThan(200);
    const told = calls.flatMap(({ command }, index) => (wrong[index] ? [`${command}: ${wrong[index]}`] : []));
    expect(told).toEqual([]);
  },
  120_000,
);
