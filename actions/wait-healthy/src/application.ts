// Waits until an application's services, target groups and addresses are healthy and stay so, then looks at its security.
import { Cancelled, Failed, UserError } from '../../../src/shared/errors.ts';
import type { Check } from '../../../src/shared/judge/check.ts';
import { findAbsence } from '../../../src/shared/judge/services.ts';
import { type ApplicationSurroundings, prepareApplication } from '../../../src/shared/prepare-application.ts';
import { quoteForeign } from '../../../src/shared/redact.ts';
import { duration } from '../../../src/shared/rollout/words.ts';
import { lookAtDatabase } from '../../../src/shared/security/database.ts';
import { diagnoseServices } from '../../../src/shared/services/diagnose.ts';
import { findServices, selectServices } from '../../../src/shared/services/find.ts';
import { findTargetGroups, lookAtApplication, type Watched } from '../../../src/shared/services/health.ts';
import { mapGently } from '../../../src/shared/services/pool.ts';
import { checkSettings } from '../../../src/shared/services/settings.ts';
import { readServiceTail } from '../../../src/shared/services/tail.ts';
import { type Verdict, waitUntil } from '../../../src/shared/wait.ts';
import type { World } from '../../../src/shared/world.ts';
import { checkLine, checkTable, type Ending, failedServices, failureAmong, settled } from './checks.ts';
import type { Given, Reported } from './given.ts';

const tailLines = 10;

export const waitForApplication = async (given: Given, name: string, world: World): Promise<Reported> => {
  const around = await prepareApplication({ ...given, application: name }, world, 'validate');
  const { application, clock, log } = around;
  const started = clock.now();
  const watched = await watch(around, given, world);
  const health = given.dryRun
    ? { checks: await lookAtApplication(around, watched), ending: undefined }
    : await wait(around, watched, given.stableSeconds);
  const waitedMs = clock.now() - started;
  const waitedSeconds = String(Math.round(waitedMs / 1000));
  const { database } = application;
  const security = database ? await lookAtDatabase(around, database) : [];
  const settings = await checkSettings(around, watched.services);
  const seen = [...health.checks, ...security, ...settings];
  const checks = health.ending?.when === 'late' ? settled(seen) : seen;
  for (const check of checks)
    (check.state === 'warning' || check.state === 'unknown' ? log.warning : log.info)(checkLine(check));
  await tellLogs(around, watched);
  const list = JSON.stringify(checks.map(({ kind, name, state, detail }) => ({ kind, name, state, detail })));
  world.output('checks', list);
  world.output('waited-seconds', waitedSeconds);
  if (!given.dryRun) await failWhereBad(around, checks, health.ending);
  const isHealthy = checks.every(({ state }) => state !== 'failed' && state !== 'pending');
  return {
    changed: 'false',
    plan: '[]',
    summary: `## ${isHealthy ? '✅' : '⏳'} ${name} in ${application.environment.name}\n\n${checkTable(checks)}\n\nAfter ${duration(waitedMs)}.\n`,
    deploymentId: '',
    taskDefinitionArn: '',
    waitedSeconds,
    url: '',
    httpStatus: '',
    cause: '',
    checks: list,
  };
};

/** Throws Diagnosed where a service failed, FailedAmong where something else did. */
const failWhereBad = async (
  around: ApplicationSurroundings,
  checks: readonly Check[],
  ending: Ending | undefined,
): Promise<void> => {
  const names = failedServices(checks, ending);
  const services = around.application.services.filter(({ name }) => names.includes(name));
  const state = ending?.when === 'late' ? 'late' : 'failed';
  const cases = await diagnoseServices(around, services, state);
  const failure = failureAmong(checks, { application: around.application, ending, cases });
  if (failure) throw failure;
};

/** What is looked at. Throws UserError for services and target groups that are not there: no wait can help. */
const watch = async (around: ApplicationSurroundings, given: Given, world: World): Promise<Watched> => {
  const { application } = around;
  const services = selectServices(application, given.services);
  const found = await findServices(around, services);
  const place = { cluster: application.cluster, region: application.environment.region };
  const problems = services.flatMap((named) => findAbsence(found.get(named.name), named, place) ?? []);
  if (problems.length) throw new UserError(problems);
  return {
    services,
    groups: await findTargetGroups(around, services),
    healthChecks: given.probe === 'off' ? [] : application.healthChecks,
    door: given.probe === 'off' ? undefined : given.probe,
    http: world.http,
  };
};

type Health = { readonly checks: readonly Check[]; readonly ending: Ending | undefined };

const wait = async (
  around: ApplicationSurroundings,
  watched: Watched,
  stableSeconds: number,
): Promise<Health> => {
  let checks: readonly Check[] = [];
  const observe = async (): Promise<readonly Check[]> => {
    checks = await lookAtApplication(around, watched);
    return checks;
  };
  const what = `${around.application.name} in ${around.application.environment.name}`;
  const { deadline } = around;
  const stableMs = stableSeconds * 1000;
  try {
    await waitUntil({ what, observe, judge: judgeAll, deadline, pause: [1_000, 5_000], stableMs }, around);
    return { checks, ending: undefined };
  } catch (error) {
    if (error instanceof Cancelled || !(error instanceof Failed)) throw error;
    const when = checks.some(({ state }) => state === 'failed') ? 'early' : 'late';
    return { checks, ending: { error, when } };
  }
};

/** Something that cannot become healthy ends the wait; the last look has everything else as well. */
const judgeAll = (checks: readonly Check[]): Verdict => {
  const failed = checks.find(({ state }) => state === 'failed');
  if (failed) return { kind: 'failed', what: checkLine(failed), fix: failed.fix };
  const pending = checks.filter(({ state }) => state === 'pending');
  if (!pending.length) return { kind: 'ready', value: undefined };
  const more = pending.length > 3 ? `; and ${pending.length - 3} more` : '';
  return { kind: 'pending', why: `${pending.slice(0, 3).map(checkLine).join('; ')}${more}` };
};

const tellLogs = async (around: ApplicationSurroundings, { services }: Watched): Promise<void> => {
  const tails = await mapGently(services, 3, async (named) => ({
    named,
    lines: await readServiceTail(around, named, tailLines),
  }));
  for (const { named, lines } of tails)
    await around.log.group(`Last log lines of ${named.name}`, async () => {
      for (const line of lines) around.log.info(line.startsWith('| ') ? line : quoteForeign(line));
    });
};
