// The runbook's script, run with the real aws-cli against a sandbox's endpoint.
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { findProgram } from '../../sandbox/programs.ts';

export type AwsCli = {
  /** Where it is; other programs named `aws` may come before it in PATH. */
  readonly folder: string;
  /** `2.9.19`. */
  readonly version: string;
};

/** The first aws-cli of version 2 in PATH: version 1 is another program, which the runbook was not written for. */
export const findAwsCli = (): AwsCli | undefined => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const { stdout } = spawnSync(join(folder, 'aws'), ['--version'], { encoding: 'utf8' });
    const version = /^aws-cli\/(2\.\S+)/.exec(stdout ?? '')?.[1];
    if (version) return { folder, version };
  }
  return undefined;
};

/** Programs that the script needs and this machine lacks, by the names of Debian's packages. */
export const missingForScript = (cli: AwsCli | undefined): readonly string[] => [
  ...(cli ? [] : ['awscli']),
  ...['jq', 'openssl'].filter((program) => !findProgram(program)),
];

export type ScriptRun = {
  readonly cli: AwsCli;
  readonly endpoint: string;
  readonly tenant: string;
  readonly part: 'up' | 'validate' | 'down';
  /** PRIORITY and NO_WAIT, as the script's head says. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type ScriptEnd = {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
};

const script = join(import.meta.dirname, 'tenant.sh');

export const runScript = ({ cli, endpoint, tenant, part, settings }: ScriptRun): Promise<ScriptEnd> =>
  new Promise((resolve, reject) => {
    const child = spawn('sh', [script, endpoint, tenant, part], {
      // No home: a person's own profiles must not speak here.
      env: { PATH: `${cli.folder}${delimiter}${process.env.PATH ?? ''}`, HOME: '/nonexistent', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, lines: out.split('\n').filter(Boolean), errors }));
  });
