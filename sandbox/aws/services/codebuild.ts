// CodeBuild as far as a pipeline uses it: builds that CodePipeline starts and ends, their lines in CloudWatch Logs, and
// BatchGetBuilds. There is no other way to start one here.
import type { Build as AwsBuild, BatchGetBuildsInput, BuildPhase } from '@aws-sdk/client-codebuild';
import type { Cloud, Operations } from '../cloud.ts';
import type { Logs } from './logs.ts';
import { optional } from './pages.ts';

export type StartedBuild = {
  /** `<project>:<uuid>`, which CodePipeline shows as the action's external execution id. */
  readonly id: string;
  /** One line into the build's stream; CodeBuild makes the group with a project's first line. */
  readonly log: (line: string) => void;
  readonly end: (status: 'SUCCEEDED' | 'FAILED') => void;
};

export type CodeBuild = {
  readonly operations: Operations;
  readonly start: (build: {
    readonly project: string;
    readonly logGroup: string | undefined;
    readonly initiator: string;
    readonly sourceVersion: string;
  }) => StartedBuild;
};

type Build = {
  readonly id: string;
  readonly project: string;
  readonly number: number;
  readonly group: string;
  readonly initiator: string;
  readonly sourceVersion: string;
  readonly startedAt: number;
  readonly end: { readonly at: number; readonly status: 'SUCCEEDED' | 'FAILED' } | undefined;
};

type State = { readonly cloud: Cloud; readonly logs: Logs; readonly builds: Map<string, Build> };

/** A hex id as AWS writes its UUIDs. */
export const uuidOf = ({ newId }: Pick<Cloud, 'newId'>): string =>
  newId(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const streamOf = ({ id }: Build): string => id.split(':').at(-1) ?? '';

/** CloudWatch's console writes a name's slashes and colons twice escaped, with `$` for `%`. */
const consoleEscape = (name: string): string =>
  encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');

const logsOf = ({ region, accountId }: Cloud, build: Build): AwsBuild['logs'] => ({
  groupName: build.group,
  streamName: streamOf(build),
  deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${consoleEscape(build.group)}/log-events/${consoleEscape(streamOf(build))}`,
  cloudWatchLogsArn: `arn:aws:logs:${region}:${accountId}:log-group:${build.group}:log-stream:${streamOf(build)}`,
});

const phasesOf = ({ startedAt, end }: Build): BuildPhase[] => {
  const startTime = new Date(startedAt);
  if (!end) return [{ phaseType: 'BUILD', startTime }];
  const endTime = new Date(end.at);
  const durationInSeconds = Math.round((end.at - startedAt) / 1000);
  return [
    { phaseType: 'BUILD', phaseStatus: end.status, startTime, endTime, durationInSeconds },
    { phaseType: 'COMPLETED', startTime: endTime },
  ];
};

const describe = (cloud: Cloud, build: Build): AwsBuild => ({
  id: build.id,
  arn: `arn:aws:codebuild:${cloud.region}:${cloud.accountId}:build/${build.id}`,
  buildNumber: build.number,
  startTime: new Date(build.startedAt),
  ...optional('endTime', build.end && new Date(build.end.at)),
  currentPhase: build.end ? 'COMPLETED' : 'BUILD',
  buildStatus: build.end?.status ?? 'IN_PROGRESS',
  sourceVersion: build.sourceVersion,
  projectName: build.project,
  phases: phasesOf(build),
  logs: logsOf(cloud, build),
  buildComplete: build.end !== undefined,
  initiator: build.initiator,
});

const write = ({ logs }: State, build: Build, message: string): void => {
  const { group } = build;
  if (!logs.hasGroup(group)) logs.seedGroup(group);
  logs.put({ group, stream: streamOf(build), message });
};

const start =
  (state: State): CodeBuild['start'] =>
  ({ project, logGroup = `/aws/codebuild/${project}`, initiator, sourceVersion }) => {
    const { cloud, builds } = state;
    const number = [...builds.values()].filter((one) => one.project === project).length + 1;
    const build: Build = {
      id: `${project}:${uuidOf(cloud)}`,
      project,
      number,
      group: logGroup,
      initiator,
      sourceVersion,
      startedAt: cloud.clock.now(),
      end: undefined,
    };
    builds.set(build.id, build);
    return {
      id: build.id,
      log: (line) => write(state, build, line),
      end: (status) => void builds.set(build.id, { ...build, end: { at: cloud.clock.now(), status } }),
    };
  };

export const createCodeBuild = (cloud: Cloud, logs: Logs): CodeBuild => {
  const state: State = { cloud, logs, builds: new Map() };
  const batchGetBuilds = ({ ids = [] }: BatchGetBuildsInput): object => {
    const found = ids.flatMap((id) => state.builds.get(id) ?? []);
    return {
      builds: found.map((build) => describe(cloud, build)),
      buildsNotFound: ids.filter((id) => !state.builds.has(id)),
    };
  };
  return { operations: { BatchGetBuilds: batchGetBuilds }, start: start(state) };
};
