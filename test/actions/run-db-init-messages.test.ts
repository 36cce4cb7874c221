// run-db-init-messages.md holds what a person reads for each way that a command can end. Each section is made here anew
// and must be the same; WRITE_MESSAGES=1 writes the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { commandWords } from '../../src/shared/command/words.ts';
import type { ApplicationLab } from '../application-lab.ts';
import { applicationFile } from '../application-lab.ts';
import {
  connect,
  createPlayed,
  ends,
  migrating,
  type Play,
  playing,
  redefine,
  seenAs,
  toldBy,
} from './run-db-init-command-kit.ts';

const file = 'test/actions/run-db-init-messages.md';
const head =
  '# What run-db-init says of a command or migration that does not end well\n\nThe first lines are the error, the indented ones its evidence. Made and checked by run-db-init-messages.test.ts.\n';
const before = readFileSync(file, 'utf8');
const sections: string[] = [];

const failing = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'it ended well',
    (error: unknown) => toldBy(error),
  );

const migrate = (lab: ApplicationLab, given = {}) =>
  failing(lab.run('run-db-init', { ...migrating, ...given }));

/** The command `play` does this. */
const plays = async (play: Play, given = {}): Promise<string> => {
  const { lab, play: set } = await createPlayed();
  set(play);
  return failing(lab.run('run-db-init', { ...playing, ...given }));
};

const withSecret = async (valueFrom: (arn: string) => string): Promise<string> => {
  const { lab } = await createPlayed();
  await redefine(lab, ({ containerDefinitions = [] }) => ({
    containerDefinitions: containerDefinitions.map((container) => ({
      ...container,
      secrets: container.secrets?.map((secret) => ({
        ...secret,
        valueFrom: valueFrom((secret.valueFrom ?? '').split(':').slice(0, 7).join(':')),
      })),
    })),
  }));
  return migrate(lab);
};

const withImage = async (image: string): Promise<string> => {
  const { lab } = await createPlayed();
  await redefine(lab, ({ containerDefinitions = [] }) => ({
    containerDefinitions: containerDefinitions.map((container) => ({ ...container, image })),
  }));
  return migrate(lab);
};

const refusedStart = async (reason: string): Promise<string> => {
  const { lab } = await createPlayed();
  for (let count = 0; count < 200; count++) lab.sandbox.neighbours.ecs.failNextRun(reason);
  return migrate(lab);
};

/** AWS stops the task while it runs. */
const stoppedBy = async (stopCode: string, stoppedReason: string): Promise<string> => {
  const { lab, play } = await createPlayed();
  play((host) => {
    host.log('working');
    host.clock.after(5_000, async () => {
      const { ecs } = connect(lab);
      const cluster = 'envelope-prod-cluster';
      const { taskArns = [] } = await ecs.listTasks({ cluster, family: 'envelope-prod-api' });
      const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
      const own = tasks.find(({ startedBy }) => startedBy?.startsWith('tenant-actions/'));
      await ecs.stopTask({ cluster, task: own?.taskArn, reason: stoppedReason });
    });
  });
  const world = seenAs(lab, (task) =>
    task.stopCode === 'UserInitiated' ? ({ ...task, stopCode } as typeof task) : task,
  );
  return failing(lab.runIn(world, 'run-db-init', playing));
};

const withSidecar = async (sidecar: Play): Promise<string> => {
  const { lab, play } = await createPlayed();
  play(() => {}, sidecar);
  await redefine(lab, ({ containerDefinitions = [] }) => ({
    containerDefinitions: [
      ...containerDefinitions,
      { name: 'log-router', image: 'sidecar:1', essential: true },
    ],
  }));
  return failing(lab.run('run-db-init', playing));
};

const changedManifest = async (change: (text: string) => string, given: object): Promise<string> => {
  const { lab } = await createPlayed();
  lab.edit(applicationFile, change(readFileSync(applicationFile, 'utf8')));
  return failing(lab.run('run-db-init', { ...given }));
};

const withoutSecret = async (how: object): Promise<string> => {
  const { lab } = await createPlayed();
  await connect(lab).secrets.deleteSecret({ SecretId: 'envelope/prod/app-key', ...how });
  return migrate(lab);
};

/** What the action says of an input. */
const parsed = (text: string): string => {
  const end = commandWords(text);
  const said = end.kind === 'value' ? 'it is fine' : `Input command ${end.what} ${end.fix}`;
  return `${JSON.stringify(text).slice(0, 60)}\n${said}`;
};

const cases: Readonly<Record<string, () => Promise<string>>> = {
  'a migration fails': async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'fails' });
    return migrate(lab);
  },
  'a migration fails after others were done': async () => {
    const { lab, play } = await createPlayed();
    lab.edit(
      applicationFile,
      readFileSync(applicationFile, 'utf8').replace('[php, artisan, migrate, --force]', '[play]'),
    );
    play(
      ends(1, [
        'Migrating: 2026_10_02_091500_add_plan_to_tenants_table',
        'Migrated:  2026_10_02_091500_add_plan_to_tenants_table (41.20ms)',
        'Migrating: 2026_10_19_143000_create_invoices_table',
        "SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'invoices' already exists",
      ]),
    );
    return migrate(lab);
  },
  'a migration is killed for memory': async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'out-of-memory' });
    return migrate(lab);
  },
  'a migration outlives timeout-minutes': async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    return migrate(lab, { 'timeout-minutes': '2' });
  },
  'the same migration runs already': async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    await migrate(lab, { 'timeout-minutes': '1' });
    return migrate(lab);
  },
  'a command ends with an exit code': () =>
    plays(ends(1, ['   ERROR  Command "queue:faild" is not defined.  '])),
  'a command writes nothing and fails': () => plays(ends(3)),
  'a command cannot log in to the database': () =>
    plays(
      ends(1, [
        "  SQLSTATE[HY000] [1045] Access denied for user 'appuser'@'10.2.32.9' (using password: YES)",
      ]),
    ),
  'a command crashes': () => plays(ends(139)),
  'a command is killed and nobody says why': () => plays(ends(137, ['Retrying 12000 jobs'])),
  'a command outlives timeout-minutes': () =>
    plays((host) => host.log('Processing jobs from the [default] queue.'), { 'timeout-minutes': '2' }),
  'somebody stops the task': () => stoppedBy('UserInitiated', 'stopped by hand, wrong command'),
  'Spot capacity is taken back': () => stoppedBy('SpotInterruption', 'Your Spot Task was interrupted.'),
  'an essential sidecar dies': () => withSidecar(ends(1)),
  'the image does not exist': () =>
    withImage('123456789012.dkr.ecr.eu-west-2.amazonaws.com/other-api:never-pushed'),
  'the secret has no such JSON key': () => withSecret((arn) => `${arn}:pasword::`),
  'valueFrom lacks its last colons': () => withSecret((arn) => `${arn}:password`),
  'the secret does not exist': () => withoutSecret({ ForceDeleteWithoutRecovery: true }),
  'the secret is marked for deletion': () => withoutSecret({ RecoveryWindowInDays: 14 }),
  'the secret may not be read': async () => {
    const { lab } = await createPlayed();
    const { iam } = connect(lab);
    const RoleName = 'envelope-prod-ecs-execution';
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName });
    await lab.clock.sleep(60_000);
    return migrate(lab);
  },
  'Fargate has no room': () =>
    refusedStart(
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    ),
  'the subnets have no address left': () => refusedStart('RESOURCE:ENI'),
  'the entry point is a shell': async () => {
    const { lab } = await createPlayed();
    await redefine(lab, ({ containerDefinitions = [] }) => ({
      containerDefinitions: containerDefinitions.map((container) => ({
        ...container,
        entryPoint: ['sh', '-c'],
      })),
    }));
    return migrate(lab);
  },
  'a shell of the command takes one word': async () =>
    [
      await plays(() => {}, { command: 'sh -c php artisan down' }),
      await changedManifest(
        (text) =>
          text.replace('[php, artisan, migrate, --force]', '[sh, -c, php, artisan, migrate, --force]'),
        migrating,
      ),
    ].join('\n\n'),
  'a word of the manifest is for a shell': () =>
    changedManifest((text) => text.replace('--force]', '--force, "&&", php, artisan, db:seed]'), migrating),
  'a command line that only a shell would read so': async () => {
    const texts = [
      'php artisan down && php artisan up',
      'php artisan queue:failed | grep Mail',
      'php artisan queue:failed>/tmp/x',
      'php artisan tenant:show $TENANT',
      'php artisan tenant:show "$TENANT"',
      'php artisan down\nphp artisan up',
      'php artisan queue:work \\\n  --once',
      'APP_DEBUG=true php artisan about',
      "php artisan tenant:rename 'Bob's Bakery'",
      'php artisan tenant:rename "Bob',
      'php artisan queue:work –once',
      'php artisan tenant:rename “Bob”',
      'php artisan about\u00ad',
      '"" about',
      `php ${'x'.repeat(8_000)}`,
    ];
    return texts.map(parsed).join('\n\n');
  },
  'there is no such container': () => plays(() => {}, { container: 'ap' }),
  'there is no such service in the manifest': () => plays(() => {}, { service: 'wroker' }),
  'there is no such service in ECS': () =>
    changedManifest(
      (text) => text.replace('  api: {}', '  api:\n    service: envelope-prod-apii'),
      migrating,
    ),
  'the manifest has no migration': () =>
    changedManifest((text) => text.replace(/^migration:\n(?: {2}.*\n)+/m, ''), migrating),
  'inputs that are missing or too many': async () =>
    [
      await plays(() => {}, { service: '', command: '' }),
      await plays(() => {}, { ...migrating, service: 'api' }),
      await plays(() => {}, {
        ...migrating,
        service: '',
        command: '',
        application: '',
        tenant: 'goldencrust',
      }),
      await plays(() => {}, { operation: 'init', service: '', command: '' }),
      await plays(() => {}, { tenant: 'goldencrust' }),
    ].join('\n\n'),
};

afterAll(() => {
  if (process.env.WRITE_MESSAGES) writeFileSync(file, [head, ...sections].join('\n'));
});

describe('run-db-init says', () => {
  test.each(Object.keys(cases))('when %s', async (name) => {
    const section = `## ${name}\n\n~~~text\n${await cases[name]?.()}\n~~~\n`;
    sections.push(section);
    if (!process.env.WRITE_MESSAGES) expect(before).toContain(section);
  });

  test('nothing that is not said here', () => {
    const titles = [...before.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    if (!process.env.WRITE_MESSAGES) expect(titles).toEqual(Object.keys(cases));
  });
});
