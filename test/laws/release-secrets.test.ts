// Law 6 for releases: no secret in any log line, output, summary, record, state or request, though builds, migrations and
// services print theirs; nothing that they print is obeyed by the runner, or too much for it.
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { databaseSecret } from '../../sandbox/aws/application-names.ts';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { createProgram } from '../../sandbox/aws/containers/program.ts';
import type { Runtime } from '../../sandbox/aws/containers/runtime.ts';
import { detailsOf, errorSummary, messageOf } from '../../src/shared/report.ts';
import { type ApplicationLab, applicationFile } from '../application-lab.ts';
import type { Given } from '../lab.ts';
import { leaksIn, type Place, readSecret } from './leaks.ts';
import { createReleaseLab, runAttempt, type Turn } from './release-lab.ts';

jest.setTimeout(240_000);

const password = 'Ob"vi\\ously%&fake+/=<~>0';
const word = 'obviously-fake-word-of-a-command';
const basic = Buffer.from('admin:another-obviously-fake-one').toString('base64');
const token = `ghp_${'obviouslyFake'.repeat(3)}`;
const keyLine = 'MIIEpAIBAAKCAQEAobviouslyNotAPrivateKeyButAsLongAsItsLinesAre0123'.slice(0, 64);

/** Values that programs print; the platform's own are added from its secrets. */
const printed: Given = { password, word, 'basic auth': basic, token, 'private key': keyLine };

const secretsOf = ({ sandbox, application }: ApplicationLab): Given => ({
  ...printed,
  'database password': readSecret(sandbox, databaseSecret(application), 'password'),
  'app key': readSecret(sandbox, 'envelope/prod/app-key', 'key'),
});

const commands = [
  '::error::obeyed',
  '  ::set-output name=status::obeyed',
  '\u001b[31m::add-mask::obeyed\u001b[0m',
  'at the end ##[error]obeyed',
  '\r::stop-commands::obeyed',
];

const noise = [
  `\u001b[2J\u001b[1;31mred\u001b[0m and \u0007bell \u001b]0;title\u0007`,
  Buffer.from([0x66, 0xff, 0xfe, 0x6f, 0xc3]).toString('utf8'),
  `${'y '.repeat(9_000)}password=${password}`,
  Array.from({ length: 20_000 }, (_, line) => `line ${line} of one event`).join('\n'),
  'x'.repeat(10 * 1024 * 1024),
];

const confessions = ({ DB_PASSWORD = 'none', APP_KEY = 'none' }: Given): readonly string[] => [
  `DB_PASSWORD=${password}`,
  `DB_\u001b[1mPASSWORD=${DB_PASSWORD}`,
  `mysql://appuser:${DB_PASSWORD}@envelope-prod-db:3306/envelope`,
  `{"password":${JSON.stringify(password)},"user":"appuser"}`,
  `APP_KEY=${APP_KEY}`,
  `Authorization: Basic ${basic}`,
  `remote: https://x-access-token:${token}@github.com/epactltd/api`,
  keyLine,
];

/** The runner has nothing to obey in it, and a person can read it. */
const troubleIn = (places: readonly Place[]): readonly string[] =>
  places.flatMap(({ where, text }) => [
    ...(/^\s*::/m.test(text) || text.includes('##[') ? [`a command in ${where}`] : []),
    ...(text.includes('\u001b') || text.includes('\u0007') ? [`a control character in ${where}`] : []),
    ...(text.length > (where === 'log' ? 6_000_000 : 60_000)
      ? [`${text.length} characters in ${where}`]
      : []),
  ]);

const told = (end: Given | Error): readonly Place[] =>
  end instanceof Error
    ? [
        { where: 'error', text: [messageOf(end), ...detailsOf(end)].join('\n') },
        { where: 'summary of the error', text: errorSummary('Release', end) },
      ]
    : Object.entries(end).map(([name, text]) => ({ where: `output ${name}`, text }));

/** Runs a turn and answers all that it said, left behind and sent. */
const listen = async (lab: ApplicationLab, turn: Turn): Promise<readonly Place[]> => {
  lab.lines.length = 0;
  const written: Place[] = [];
  const files = {
    ...lab.world.files,
    write: async (where: string, text: string) => void written.push({ where, text }),
  };
  const world = Object.create(lab.world, { files: { value: files } });
  const end = await runAttempt({ ...lab, world }, turn, 1).catch((error: Error) => error);
  return [
    { where: 'log', text: lab.lines.join('\n') },
    ...told(end),
    ...written,
    ...[...lab.early, ...lab.remembered].map(([where, text]) => ({ where: `state ${where}`, text })),
  ];
};

/** What was asked of AWS: what programs say and end with is theirs. */
const sentBy = ({ sandbox }: ApplicationLab): readonly Place[] =>
  sandbox.calls.map(({ operation, input }) => ({ where: `call ${operation}`, text: JSON.stringify(input) }));

/** A build that says all of it, and whose failure repeats some. */
const confess: Work = async ({ log, sleep }) => {
  for (const line of [...commands, ...noise, ...confessions({})]) log(line);
  await sleep(5_000);
  const message = `Error while executing command: mysql --password ${password} -h db. Reason: exit status 1\n::error::obeyed ##[error]obeyed`;
  return { kind: 'failed', code: 'JobFailed', message };
};

/** A container that says all of it, with the secrets that it was given; a service may live on. */
const confessing =
  (livesOn: boolean): Runtime =>
  ({ command, environment }, host) => {
    const [program = '', , word = ''] = command;
    if (program !== 'confess' && word !== 'queue:work') return undefined;
    const { container, end } = createProgram(143, async () => ({ kind: 'no-answer', reason: 'refused' }));
    host.clock.after(2_000, () => {
      for (const line of [...commands, ...noise, ...confessions(environment)]) host.log(line);
      if (program === 'confess' || !livesOn) end({ code: 1, reason: `Error: DB_PASSWORD=${password}` });
    });
    return container;
  };

const given = { pipeline: 'api', approval: 'approve', record: 'release/api.json' };
const scenes: Readonly<Record<string, Turn>> = {
  'a build': { action: 'trigger-pipeline', given },
  'a build that is retried': { action: 'trigger-pipeline', given: { ...given, 'retry-failed-stage': '1' } },
  'a command': {
    action: 'run-db-init',
    given: { operation: 'command', service: 'api', command: 'confess everything' },
  },
  'a migration': { action: 'run-db-init', given: { operation: 'migrate' } },
  'a redeployed service': {
    action: 'redeploy-services',
    given: { services: 'worker', 'timeout-minutes': '4' },
  },
  'a service that is looked at': { action: 'wait-healthy', given: { 'timeout-minutes': '2' } },
};

describe.each(Object.entries(scenes))('%s that prints its secrets', (_, turn) => {
  let lab: ApplicationLab;
  let places: readonly Place[];
  beforeAll(async () => {
    lab = await createReleaseLab({
      works: { 'api/Build': confess },
      containers: confessing(turn.action === 'wait-healthy'),
    });
    const text = await lab.world.files.read(applicationFile);
    lab.edit(applicationFile, text.replace('[php, artisan, migrate, --force]', '[confess]'));
    places = await listen(lab, turn);
  });

  test('shows none of them', () => {
    expect(leaksIn([...places, ...sentBy(lab)], secretsOf(lab))).toEqual([]);
  });

  test('says nothing that the runner obeys, and not too much', () => {
    expect(troubleIn(places)).toEqual([]);
    expect(places[0]?.text.length).toBeGreaterThan(100);
  });

  test('is heard all the same', () => {
    const all = places.map(({ text }) => text).join('\n');
    expect(all).toContain('DB_PASSWORD=***');
  });
});
