// How the database step ends: by the exit codes of its script. Codes of the shell (1, 2, 126 and up) are not used.
import type { Area, Proof, Rule } from '../rule.ts';
import type { Start } from './starting.ts';

/** The end of one database step; `reason` is ECS's own, `secrets` what the task was to be given. */
export type StepEnd = Start & {
  /** Undefined: the container never started. */
  readonly exitCode: number | undefined;
  /** The end of its log, oldest first. */
  readonly lines: readonly string[];
};

type Exit = {
  readonly id: string;
  readonly what: string;
  readonly fix: string;
  /** What the script itself says, in its last line. */
  readonly symptoms: readonly string[];
  readonly area?: Area;
};

export const databaseExits = {
  40: {
    id: 'database-step-setting',
    area: 'command',
    what: 'The database step was started with a setting missing or unknown; its log names which.',
    fix: 'This is a fault of the action, not of the manifest: report it with the log.',
    symptoms: ['exit code 40', 'is missing or empty', 'TLS is neither required nor off'],
  },
  41: {
    id: 'database-step-client',
    area: 'command',
    what: 'The client image has neither a mariadb nor a mysql client (with its dump program for a drop).',
    fix: 'Set database.clientImage in the environment manifest to an image with a client, e.g. mysql:8.0 or mariadb:11.',
    symptoms: [
      'exit code 41',
      'there is no mariadb or mysql client',
      'there is no mariadb-dump',
      'there is no mysqldump',
    ],
  },
  42: {
    id: 'database-step-host',
    what: 'The database host could not be reached.',
    fix: "Check database.host and port in the environment manifest, that the database is running, and that its security group lets the task's in.",
    symptoms: ['exit code 42', 'cannot reach … port …: ERROR 2002', 'ERROR 2003', 'ERROR 2005', 'ERROR 1040'],
  },
  43: {
    id: 'database-step-encryption',
    what: 'The connection is not encrypted as required, or the server requires encryption and tls is off.',
    fix: 'Enable TLS on the server and keep tls: required; tls: off is for servers that have no TLS.',
    symptoms: [
      'exit code 43',
      'is not encrypted as it must be',
      'the server offers no TLS',
      'ERROR 3159',
      'ERROR 2026',
    ],
  },
  44: {
    id: 'database-step-master',
    area: 'credentials',
    what: 'The master account was refused: wrong credentials, or it lacks a privilege; the log says which.',
    fix: "Check the environment's database.masterSecret; the account must be allowed to create databases and users and to grant. With tls: off, a MariaDB server that requires TLS refuses everybody this way.",
    symptoms: ['exit code 44', 'the master account was refused'],
  },
  45: {
    id: 'database-step-account',
    area: 'credentials',
    what: "The tenant's account was refused with the credentials of its secret.",
    fix: "Run run-db-init with operation init: it makes the account and sets its password to the secret's.",
    symptoms: ['exit code 45', 'was refused with the password of its secret', 'ERROR 1045'],
  },
  46: {
    id: 'database-step-missing',
    what: 'The tenant can log in but its database is missing, or it has no privileges on it.',
    fix: 'Run run-db-init with operation init.',
    symptoms: ['exit code 46', 'missing, or user … has no privileges on it'],
  },
  47: {
    id: 'database-step-statement',
    what: 'The server refused a statement; its log line has the error.',
    fix: 'Look the error number up in the manual of the server; run the same action again when it is put right.',
    symptoms: ['exit code 47', 'the server refused a statement'],
  },
  48: {
    id: 'database-step-no-dump-folder',
    area: 'files',
    what: 'Nothing was dropped: there is no folder for the dump that must come first, or it cannot be written.',
    fix: 'Give the drop a file system to dump to.',
    symptoms: [
      'exit code 48',
      'nothing dropped: there is no folder for the dump',
      'nothing dropped: cannot write to',
    ],
  },
  49: {
    id: 'database-step-dump',
    what: 'Nothing was dropped: the dump failed or is incomplete.',
    fix: "Read the dump program's error in the log; check the space left and the master account's privileges.",
    symptoms: ['exit code 49', 'nothing dropped: the dump failed', 'the dump has no end'],
  },
  50: {
    id: 'database-step-password-policy',
    area: 'credentials',
    what: "The server's password policy refuses the password of the tenant's secret.",
    fix: 'Put a password that satisfies the policy (validate_password) into the secret and run the same action again.',
    symptoms: [
      'exit code 50',
      'ERROR 1819',
      'Your password does not satisfy the current policy requirements',
    ],
  },
  51: {
    id: 'database-step-username',
    area: 'credentials',
    what: "The username in the tenant's secret is not the manifest's database user.",
    fix: "Make the manifest's database.user and the secret's username the same.",
    symptoms: ['exit code 51', "the tenant's secret names another user than"],
  },
} as const satisfies Readonly<Record<number, Exit>>;

const common = { level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const verify =
  'The same action ends without an error; run-db-init with `operation: verify` logs in as the tenant.';

/** The script says why in its last line. */
const proofOf = ({ lines, exitCode }: StepEnd): readonly Proof[] => [
  { from: 'command', text: lines.findLast((line) => line.trim() !== '') ?? `exit code ${exitCode}` },
];

const exitRule = (code: number, { id, what, fix, symptoms, area = 'database' }: Exit): Rule<StepEnd> => ({
  ...common,
  id,
  area,
  symptoms,
  sees: (end) => (end.exitCode === code ? { proof: proofOf(end) } : undefined),
  cause: what,
  fix: [fix],
  verify,
});

const foreignExit: Rule<StepEnd> = {
  ...common,
  id: 'database-step-foreign-exit',
  area: 'command',
  level: 'symptom',
  lasts: 'unknown',
  symptoms: ['Database init failed with exit code 137', 'exit code 126', 'exit code 127', 'exit code 143'],
  sees: (end) =>
    end.exitCode && !(end.exitCode in databaseExits)
      ? { proof: proofOf(end), facts: { code: String(end.exitCode) } }
      : undefined,
  cause: 'The database step ended with exit code {code}, which is not one of its own.',
  fix: [
    'Read its log; 126 and 127 mean that the client image has no usable sh, 137 and 143 that the task was stopped.',
  ],
  verify,
};

const neverStarted: Rule<StepEnd> = {
  ...common,
  id: 'database-step-never-started',
  area: 'command',
  level: 'symptom',
  lasts: 'unknown',
  symptoms: ['the container never started', 'TaskFailedToStart'],
  sees: ({ exitCode, reason }) =>
    exitCode === undefined ? { proof: [{ from: 'task', text: reason }] } : undefined,
  cause: 'The container of the database step never started.',
  fix: [
    'The reason above is from ECS: check the client image, that the execution role may read both secrets, and that the subnets reach Secrets Manager, the registry and CloudWatch Logs.',
  ],
  verify,
};

export const databaseStepRules: readonly Rule<StepEnd>[] = [
  ...Object.entries(databaseExits).map(([code, exit]) => exitRule(Number(code), exit)),
  foreignExit,
  neverStarted,
];
