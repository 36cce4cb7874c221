// The world an action touches, as one plain record that logic receives. world-*.ts make the real one.

import type { getOctokit } from '@actions/github';
import type { CodeBuild } from './aws/codebuild.ts';
import type { CodePipeline } from './aws/codepipeline.ts';
import type { Ec2 } from './aws/ec2.ts';
import type { Ecs } from './aws/ecs.ts';
import type { Efs } from './aws/efs.ts';
import type { Elb } from './aws/elb.ts';
import type { Iam } from './aws/iam.ts';
import type { Logs } from './aws/logs.ts';
import type { Rds } from './aws/rds.ts';
import type { Secrets } from './aws/secrets.ts';
import type { Sts } from './aws/sts.ts';
import type { RoleOrigin } from './oidc/culprit.ts';

/** The SDK's aggregated clients, with the calls that actions make: `aws.ecs.describeServices({...})`. aws/*.ts name them. */
export type Aws = {
  readonly codebuild: CodeBuild;
  readonly codepipeline: CodePipeline;
  readonly ec2: Ec2;
  readonly ecs: Ecs;
  readonly efs: Efs;
  readonly elb: Elb;
  readonly iam: Iam;
  readonly logs: Logs;
  readonly rds: Rds;
  readonly secrets: Secrets;
  readonly sts: Sts;
};

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds; rejects with Cancelled as soon as the job is cancelled. */
  readonly sleep: (ms: number) => Promise<void>;
};

export type HttpRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly location: string | undefined;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'no-answer'; readonly reason: string };

/** One GET, redirects not followed, body cut to 64 KiB. Never rejects: no answer is an answer too. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

export type Log = {
  readonly info: (line: string) => void;
  readonly warning: (line: string) => void;
  /** Registers a value that must never be printed (GitHub's add-mask, and our own filter). */
  readonly secret: (value: string) => void;
  readonly group: <T>(title: string, body: () => Promise<T>) => Promise<T>;
};

export type ExecResult = { readonly exitCode: number; readonly output: string };

/** Runs a program found on PATH with `env` added and `input` on stdin; output is stdout and stderr together. */
export type Exec = (call: {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
}) => Promise<ExecResult>;

export type Files = {
  /** Paths of the files below `folder`, sorted, with `/`; an empty list where the folder does not exist. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  readonly read: (path: string) => Promise<string>;
  /** Makes the folders above it. */
  readonly write: (path: string, text: string) => Promise<void>;
};

/** GitHub's own REST client, `github.rest.issues.listComments({...})`, `github.paginate(...)`. */
export type Github = ReturnType<typeof getOctokit>;

/** Which GitHub run this is; empty strings outside GitHub. */
export type Run = {
  /** `owner/name` of the repository whose workflow runs. */
  readonly repository: string;
  /** `pull_request`, `schedule`, … */
  readonly event: string;
  /** Path of the event's JSON, readable by `files.read`. */
  readonly eventPath: string;
  readonly id: string;
  readonly attempt: string;
  readonly actor: string;
  readonly sha: string;
  readonly url: string;
};

/** Where and as whom to talk to AWS. */
export type Connection = {
  readonly region: string;
  /** Role assumed through GitHub's OIDC; undefined: the ambient credentials. */
  readonly roleArn: string | undefined;
  /** 2 to 64 of [A-Za-z0-9+=,.@-]; shows in CloudTrail. */
  readonly sessionName: string;
  /** JSON of an inline session policy that narrows the role, at most 2,048 characters. */
  readonly sessionPolicy?: string;
  /** Where the role was named, told where AWS denies it. */
  readonly roleFrom?: RoleOrigin;
};

export type World = {
  /** Clients for one connection; nothing is loaded or sent until the first call. */
  readonly connect: (connection: Connection) => Aws;
  /** AWS_REGION or AWS_DEFAULT_REGION of the job, to be compared with the environment's. */
  readonly ambientRegion: string | undefined;
  /**
   * GitHub's API with this token, loaded when first asked for; whoever asks masks the token. A call waits for rate limits
   * until the given time (milliseconds since the epoch; fifteen minutes from now) and throws Failed beyond.
   */
  readonly github: (token: string, until?: number) => Promise<Github>;
  readonly clock: Clock;
  readonly http: Http;
  readonly log: Log;
  readonly exec: Exec;
  readonly files: Files;
  readonly run: Run;
  /** Differs for every process: tokens that make a repeated call harmless are made of it. */
  readonly unique: string;
  /** Values in [0, 1): jitter and generated passwords' bytes come from `crypto`, never from here. */
  readonly random: () => number;
  /** Sets one of the action's outputs before its end, for what is known early and must outlive a cancelled job. */
  readonly output: (name: string, value: string) => void;
  /** Keeps a value for the post step of the same action (GitHub's save-state). Never a secret. */
  readonly remember: (name: string, value: string) => void;
};
