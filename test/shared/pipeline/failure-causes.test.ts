// Every known cause is found from what AWS or a build's log really says, and nothing else is found instead.
import { beforeAll, expect, test } from '@jest/globals';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import type { PipelineEvidence } from '../../../src/shared/diagnose/pipeline-evidence.ts';
import type { Finding } from '../../../src/shared/diagnose/rule.ts';
import { pipelineRules } from '../../../src/shared/diagnose/rules/pipeline.ts';
import type { Application } from '../../../src/shared/fleet/application.ts';
import { evidenceOf } from '../../../src/shared/pipeline/evidence.ts';
import type { ActionRun } from '../../../src/shared/pipeline/types.ts';
import { loadEnvelope, pipelineNamed } from './hands-kit.ts';

let application: Application;
beforeAll(async () => {
  application = await loadEnvelope();
});

type Kind = 'Source' | 'Build' | 'Migrate' | 'Approval' | 'Deploy' | 'Invoke';

type Fixture = {
  readonly in: Kind;
  readonly says?: string;
  readonly code?: string;
  readonly log?: readonly string[];
  readonly status?: string;
  readonly by?: string;
};

const providers: Readonly<Record<Kind, readonly [category: string, provider: string]>> = {
  Source: ['Source', 'CodeStarSourceConnection'],
  Build: ['Build', 'CodeBuild'],
  Migrate: ['Build', 'CodeBuild'],
  Approval: ['Approval', 'Manual'],
  Deploy: ['Deploy', 'ECS'],
  Invoke: ['Invoke', 'Lambda'],
};

const runOf = ({ in: stage, says, code = 'JobFailed', by }: Fixture): ActionRun => {
  const [category, provider] = providers[stage];
  return {
    id: '1',
    stage,
    action: stage,
    category,
    provider,
    status: 'Failed',
    startedAt: 0,
    updatedAt: 0,
    externalId: undefined,
    externalUrl: undefined,
    externalSummary: undefined,
    error: says === undefined ? undefined : { code, message: says },
    updatedBy: by,
  };
};

const evidenceFor = (fixture: Fixture): PipelineEvidence => {
  const isBuild = providers[fixture.in][1] === 'CodeBuild';
  const { status = 'FAILED', log = [] } = fixture;
  return evidenceOf({
    application,
    pipeline: pipelineNamed(application, 'api'),
    run: runOf(fixture),
    build: isBuild
      ? { status, failedPhases: [], url: '', tail: log.map((line) => `| ${line}`), missing: [] }
      : undefined,
  });
};

const causeOf = (evidence: PipelineEvidence): Finding => {
  const [first] = findAll(pipelineRules, evidence);
  if (!first) throw new Error('nothing was found');
  return first;
};

const fixtures: Readonly<Record<string, Fixture>> = {
  'pipeline-role-denied': {
    in: 'Deploy',
    code: 'PermissionError',
    says: 'The provided role does not have sufficient permissions to access ECS',
  },
  'pipeline-aws-unavailable': { in: 'Build', code: 'SystemUnavailable', says: 'Please try again' },
  'source-connection-pending': {
    in: 'Source',
    says: 'Connection arn:aws:codeconnections:x is not available',
  },
  'source-connection-denied': {
    in: 'Source',
    code: 'PermissionError',
    says: 'Unable to use Connection: arn:aws:codestar-connections:eu-west-2:1:connection/x. The provided role does not have sufficient permissions.',
  },
  'source-connection-unusable': {
    in: 'Source',
    says: 'Unable to use Connection: arn:aws:codestar-connections:x',
  },
  'source-revision-missing': {
    in: 'Source',
    code: 'ConfigurationError',
    says: '[GitHub] No Branch [main] found for FullRepositoryName [your-org/envelope-api]',
  },
  'source-other': { in: 'Source', says: 'Something about the source' },
  'build-queue-full': {
    in: 'Build',
    says: 'Error calling startBuild: Cannot have more than 1 builds in queue for the account (Service: AWSCodeBuild; Error Code: AccountLimitExceededException)',
  },
  'build-project-missing': {
    in: 'Build',
    says: 'Error calling startBuild: Project cannot be found: arn:aws:codebuild:x',
  },
  'build-timed-out': { in: 'Build', status: 'TIMED_OUT', says: 'Build terminated with state: TIMED_OUT' },
  'build-stopped': { in: 'Build', status: 'STOPPED', says: 'Build terminated with state: STOPPED' },
  'build-fault': { in: 'Build', status: 'FAULT', says: 'Build terminated with state: FAULT' },
  'build-repository-missing': {
    in: 'Build',
    log: ["name unknown: The repository with name 'envelope-api' does not exist in the registry with id '1'"],
  },
  'build-tag-immutable': {
    in: 'Build',
    log: [
      "tag invalid: The image tag 'v1.0.0' already exists in the 'envelope-api' repository and cannot be overwritten because the repository is immutable.",
    ],
  },
  'build-push-denied': { in: 'Build', log: ['no basic auth credentials'] },
  'build-pull-limit': { in: 'Build', log: ['toomanyrequests: You have reached your pull rate limit.'] },
  'build-no-docker': {
    in: 'Build',
    log: ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'],
  },
  'build-out-of-memory': {
    in: 'Build',
    log: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  },
  'build-disk-full': { in: 'Build', log: ['write /app/x: no space left on device'] },
  'build-buildspec': { in: 'Build', log: ['YAML_FILE_ERROR: did not find expected key at line 3'] },
  'build-network': { in: 'Build', log: ['npm error code ETIMEDOUT'] },
  'build-command': { in: 'Build', log: ['vite: could not load ./pages/index.vue'], says: 'exit status 1' },
  'migration-secret': {
    in: 'Migrate',
    log: ['ResourceInitializationError: unable to pull secrets or registry auth'],
  },
  'migration-image': {
    in: 'Migrate',
    log: ['CannotPullContainerError: pull image manifest has been retried 1 time(s)'],
  },
  'migration-capacity': {
    in: 'Migrate',
    log: ['Capacity is unavailable at this time. Please try again later'],
  },
  'application-database-denied': {
    in: 'Migrate',
    log: ["SQLSTATE[HY000] [1045] Access denied for user 'x'@'y'"],
  },
  'application-database-refused': { in: 'Migrate', log: ['SQLSTATE[HY000] [2002] Connection refused'] },
  'application-redis-client': { in: 'Migrate', log: ['Class "Predis\\Client" not found'] },
  'migration-out-of-memory': {
    in: 'Migrate',
    log: ['OutOfMemoryError: container killed due to memory usage'],
  },
  'migration-timed-out': {
    in: 'Migrate',
    status: 'TIMED_OUT',
    says: 'Build terminated with state: TIMED_OUT',
  },
  'migration-exists': {
    in: 'Migrate',
    log: ["SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'orders'"],
  },
  'migration-sql': {
    in: 'Migrate',
    log: ["SQLSTATE[42S22]: Column not found: 1054 Unknown column 'plan' in 'field list'"],
  },
  'build-unread': { in: 'Build', says: 'Build terminated with state: FAILED' },
  'migration-unread': { in: 'Migrate', says: 'Build terminated with state: FAILED' },
  'migration-other': { in: 'Migrate', says: 'exit status 1', log: ['Migrations did not run.'] },
  'deploy-image-definitions': {
    in: 'Deploy',
    code: 'ConfigurationError',
    says: 'Did not find the image definition file imagedefinitions.json in the input artifacts ZIP file.',
  },
  'deploy-circuit-breaker': {
    in: 'Deploy',
    says: 'ECS deployment ecs-svc/1: deployment failed: tasks failed to start.',
  },
  'deploy-container-name': { in: 'Deploy', says: 'The container api does not exist in the task definition' },
  'deploy-service-missing': { in: 'Deploy', says: 'ServiceNotFoundException' },
  'deploy-timed-out': { in: 'Deploy', says: 'The service did not stabilize: the action timed out' },
  'deploy-other': { in: 'Deploy', says: 'Something about the deployment' },
  'approval-timed-out': { in: 'Approval', says: 'Approval timed out' },
  'approval-rejected': { in: 'Approval', by: 'arn:aws:iam::1:user/ada' },
  'pipeline-unknown': { in: 'Invoke', says: 'The function said no' },
  'pipeline-no-details': { in: 'Deploy' },
};

test.each(Object.entries(fixtures))('%s', (id, fixture) => {
  const { id: found, cause, fix, verify } = causeOf(evidenceFor(fixture));
  expect(found).toBe(id);
  // Every name in its texts is known; what stands in angle brackets is for the person to fill in.
  for (const text of [cause, ...fix, verify]) expect(text).not.toMatch(/[^$]\{[a-z]\w*\}/i);
  expect(cause).toMatch(/^[A-Z].*\.$/);
});

test('every cause of a pipeline has its fixture', () => {
  const own = pipelineRules.filter(({ id }) => !id.startsWith('application-'));
  const known = Object.keys(fixtures).filter((id) => !id.startsWith('application-'));
  expect(own.map(({ id }) => id).sort()).toEqual(known.sort());
});

test('a retry is spoken of unless the same revision can only fail again', () => {
  const lasting = Object.entries(fixtures).filter(
    ([, fixture]) => causeOf(evidenceFor(fixture)).lasts === 'permanent',
  );
  expect(lasting.map(([id]) => id).filter((id) => !id.startsWith('application-'))).toEqual([
    'build-tag-immutable',
    'build-buildspec',
    'build-command',
    'migration-exists',
    'migration-sql',
    'deploy-image-definitions',
    'deploy-container-name',
    'approval-timed-out',
    'approval-rejected',
  ]);
});

const aftermath = [
  'npm error A complete log of this run can be found in: ~/.npm/_logs/debug-0.log',
  '[Container] Command did not exit successfully npm ci exit status 1',
  '[Container] Phase complete: BUILD State: FAILED',
  '[Container] Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: npm ci. Reason: exit status 1',
];
const failedTest = ['FAIL test/orders.test.ts', 'Tests: 1 failed, 11 passed', 'npm error code 1'];

test.each([
  [
    'the network, at the end',
    ['npm error code ETIMEDOUT', 'npm error network This is a problem'],
    'build-network',
  ],
  [
    'the network, which came back',
    ['npm warn attempt 1 failed with ETIMEDOUT', ...failedTest],
    'build-command',
  ],
  [
    'the network before an error of the compiler',
    ['getaddrinfo EAI_AGAIN', 'src/a.ts(3,1): error TS2304: Cannot find name x.'],
    'build-command',
  ],
  [
    'the network, and a count of no errors',
    ['Found 0 errors.', 'Could not resolve host: github.com'],
    'build-network',
  ],
  [
    'too many pulls, at the end',
    ['429 - toomanyrequests: pull rate limit', 'ERROR: failed to solve: node:22: 429 Too Many Requests'],
    'build-pull-limit',
  ],
  [
    'too many pulls, which were repeated',
    ['toomanyrequests: pull rate limit; retrying', ...failedTest],
    'build-command',
  ],
])('%s', (_, log, name) => {
  expect(causeOf(evidenceFor({ in: 'Build', log: [...log, ...aftermath] })).id).toBe(name);
});

test('a phase that failed for the network is told as that, whatever the log says', () => {
  const scene = evidenceFor({ in: 'Build', log: failedTest });
  const failedPhases = ['DOWNLOAD_SOURCE FAILED: CLIENT_ERROR: could not resolve host: github.com'];
  const build = scene.build && { ...scene.build, failedPhases };
  expect(causeOf({ ...scene, build }).id).toBe('build-network');
});

test('where only the failed phase could be read, nobody is sent to the log', () => {
  const scene = evidenceFor({ in: 'Build' });
  const build = scene.build && {
    ...scene.build,
    failedPhases: ['BUILD FAILED: COMMAND_EXECUTION_ERROR: npm test'],
  };
  expect(causeOf({ ...scene, build })).toMatchObject({
    id: 'build-command',
    fix: [expect.stringMatching(/^The failed phase says which/)],
  });
});

test('a denied start of a build is a matter of the role', () => {
  const says =
    'Error calling startBuild: User: arn:aws:sts::1:assumed-role/pipeline/x is not authorized to perform: codebuild:StartBuild';
  expect(causeOf(evidenceFor({ in: 'Build', says })).id).toBe('pipeline-role-denied');
});

test("a migration's build that was stopped is told as that", () => {
  expect(causeOf(evidenceFor({ in: 'Migrate', status: 'STOPPED' })).id).toBe('build-stopped');
});
