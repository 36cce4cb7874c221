// A tenant of the real SIT environment on the virtual clock, something that is wrong with it, and what wait-healthy finds.
import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { sceneOf } from '../../actions/wait-healthy/src/watch.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import type { Evidence } from '../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../src/shared/diagnose/find.ts';
import { findHopeless } from '../../src/shared/diagnose/hopeless.ts';
import { serviceRules } from '../../src/shared/diagnose/rules/service.ts';
import { Diagnosed } from '../../src/shared/errors.ts';
import { openWitness } from '../../src/shared/evidence/witness.ts';
import {
  describeService,
  judgeHealth,
  type Looking,
  lookAtHealth,
  probeOf,
  visitSite,
} from '../../src/shared/health.ts';
import { primaryOf } from '../../src/shared/judge/deployment.ts';
import { prepare } from '../../src/shared/prepare.ts';
import type { HttpAnswer, World } from '../../src/shared/world.ts';
import { createLab, fleetFolder, type Given, type Lab, type LabOptions } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

const manifest = `${fleetFolder}/tenants/goldencrust.yml`;
const platform = `${fleetFolder}/environments/sit.yml`;

const sharedInputs = {
  fleet: fleetFolder,
  environment: 'sit',
  tenant: 'goldencrust',
  dryRun: false,
  roleToAssume: undefined,
};

export type Part = {
  readonly lab: Lab;
  readonly neighbours: Sandbox['neighbours'];
  readonly clients: ReturnType<typeof createClients>;
};

export type Situation = {
  readonly story: string;
  /** Tag of the image, which says how the simulated WordPress behaves. */
  readonly tag?: string;
  /** Lines of the tenant's manifest. */
  readonly lines?: string;
  /** Changes the environment's manifest, once the database is set up. */
  readonly environment?: (text: string) => string;
  readonly settings?: LabOptions['settings'];
  /** Whether it was healthy before anything went wrong. */
  readonly since?: 'always' | 'later';
  /** What somebody does, before the first task fetches anything or once it was healthy. */
  readonly arrange?: (part: Part) => unknown;
};

export type Scenario = Situation & {
  /** Id of the rule that a person must read first. */
  readonly rule: string;
  /** What a visitor gets instead of the load balancer's answer. */
  readonly http?: HttpAnswer;
  readonly given?: Given;
};

const provision = async ({ tag, lines = '', settings = {}, environment }: Situation): Promise<Lab> => {
  const lab = await createLab({ settings });
  const text = readFileSync(manifest, 'utf8');
  lab.edit(manifest, `${text}\n${tag ? `image: wordpress:${tag}\n` : ''}${lines}`);
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  if (environment) lab.edit(platform, environment(readFileSync(platform, 'utf8')));
  await lab.run('provision-tenant');
  return lab;
};

/** A tenant that was provisioned, with that what somebody did to it. */
export const arrange = async (situation: Situation): Promise<Lab> => {
  const lab = await provision(situation);
  if (situation.since === 'later') await lab.run('wait-healthy');
  const { neighbours } = lab.sandbox;
  await situation.arrange?.({ lab, neighbours, clients: createClients(lab.sandbox) });
  return lab;
};

export type Ended = { readonly ids: readonly string[]; readonly evidence: Evidence | undefined };

/** Throws where wait-healthy ends otherwise than with a diagnosis. */
export const endOf = async (scenario: Scenario): Promise<Ended> => {
  const lab = await arrange(scenario);
  const { http } = scenario;
  const world: World = http ? { ...lab.world, http: async () => http } : lab.world;
  const seen = spyOnEvidence();
  try {
    await lab.runIn(world, 'wait-healthy', {
      'stable-seconds': '0',
      'timeout-minutes': '5',
      ...scenario.given,
    });
  } catch (error) {
    if (!(error instanceof Diagnosed)) throw error;
    const ids = error.cases.flatMap(({ findings }) => findings.map(({ id }) => id));
    return { ids, evidence: seen.last() };
  } finally {
    seen.end();
  }
  throw new Error(`${scenario.story}: healthy`);
};

/** Every rule is shown the whole evidence last, when the wait has ended. */
const spyOnEvidence = () => {
  const [first] = serviceRules;
  if (!first) throw new Error('There are no rules.');
  const spy = jest.spyOn(first, 'sees');
  return { last: () => spy.mock.lastCall?.[0], end: () => spy.mockRestore() };
};

export type Watched = {
  /** Ids of the rules that spoke at any poll, or would have ended the wait. */
  readonly heard: readonly string[];
  readonly polls: number;
  readonly isHealthy: boolean;
};

/** As wait-healthy watches, every five seconds for at most half an hour, but asking every rule at every poll. */
export const watchEveryPoll = async (lab: Lab): Promise<Watched> => {
  const { clock } = lab;
  const shared = { ...sharedInputs, timeoutMinutes: 30 };
  const around = await prepare(shared, lab.world, { phase: 'deploy' });
  const ours = primaryOf(await describeService(around))?.id ?? '';
  const { http } = lab.world;
  const probe = await probeOf(around, undefined);
  const looking: Looking = { ours, probe, http };
  const visit = probe && (() => visitSite(around, http, probe));
  const witness = openWitness({ ...around, visit }, sceneOf(around, ours, fleetFolder));
  const heard = new Set<string>();
  for (let polls = 1; polls <= 360; polls++) {
    const health = await lookAtHealth(around, looking);
    const { evidence } = await witness.look(health);
    const hopeless = findHopeless(serviceRules, evidence);
    if (hopeless) heard.add(`hopeless: ${hopeless.finding.id}`);
    const isHealthy = judgeHealth(health, around, looking).kind === 'ready';
    const last = isHealthy ? await witness.conclude('healthy') : evidence;
    for (const { id } of findAll(serviceRules, last)) heard.add(id);
    if (isHealthy) return { heard: [...heard], polls, isHealthy };
    await clock.sleep(5_000);
  }
  return { heard: [...heard], polls: 360, isHealthy: false };
};

const fixtures = new URL('../shared/diagnose/fixtures/', import.meta.url);

/** Keeps what was seen as a fixture, where the variable RECORD says so. */
export const record = ({ rule, story }: Scenario, { ids, evidence }: Ended): void => {
  if (!process.env.RECORD || ids[0] !== rule) return;
  const fixture = { origin: `recorded in the sandbox: ${story}`, evidence, first: rule };
  writeFileSync(new URL(`${rule}-recorded.json`, fixtures), `${JSON.stringify(fixture, undefined, 2)}\n`);
};
