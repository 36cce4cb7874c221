// The database refuses a login. One refusal has one cause: whichever of these the evidence speaks for.
import type { Evidence } from '../evidence.ts';
import type { Proof, Rule, Sighting } from '../rule.ts';
import { restart, runInit, runVerify } from './database-steps.ts';
import { findLine, type LineFound } from './sight.ts';

type Denial = 'whole-json' | 'empty' | 'other-user' | 'outdated' | 'refused';

const denied = /Access denied for user '([^']{0,100})'@'[^']{0,255}' \(using password: (YES|NO)\)/;

/** One login that was refused has one cause: whichever of these the evidence speaks for. */
const seeDenial =
  (wanted: Denial): Rule<Evidence>['sees'] =>
  (evidence) => {
    if (evidence.kind !== 'tenant' || evidence.state === 'healthy') return undefined;
    const found = findLine(evidence, denied);
    if (!found) return undefined;
    const whole = wholeSecret(evidence);
    const outdated = outdatedLogin(evidence, found);
    if (judge(evidence, { found, whole, outdated }) !== wanted) return undefined;
    const facts = { task: found.taskId, said: found.match[1] ?? '', ...outdated?.facts };
    return { proof: [found.proof, ...(whole ? [whole] : []), ...(outdated?.proof ?? [])], facts };
  };

type Denied = {
  readonly found: LineFound;
  readonly whole: Proof | undefined;
  readonly outdated: Sighting | undefined;
};

const judge = ({ facts }: Evidence, { found, whole, outdated }: Denied): Denial => {
  const [, said, usingPassword] = found.match;
  if (whole || said?.startsWith('{')) return 'whole-json';
  if (usingPassword === 'NO') return 'empty';
  if (facts.user !== undefined && said !== facts.user) return 'other-user';
  return outdated ? 'outdated' : 'refused';
};

/** ECS puts the whole JSON into the variable where no key stands behind the secret's ARN. */
const wholeSecret = ({ definition }: Evidence): Proof | undefined => {
  const secrets = (definition?.containers ?? []).flatMap(({ secrets }) => Object.entries(secrets));
  const bare = secrets.find(
    ([name, from]) =>
      /^WORDPRESS_DB_(?:USER|PASSWORD)$/.test(name) &&
      /^arn:aws[\w-]{0,20}:secretsmanager:/.test(from) &&
      !from.split(':')[7],
  );
  return bare && { from: 'task definition', text: `${bare[0]} is taken from ${bare[1]}` };
};

/** The task holds another login than the secret now, or one that worked in this very task before. */
const outdatedLogin = (evidence: Evidence, { taskId, at }: LineFound): Sighting | undefined => {
  const task = [...evidence.running, ...evidence.stopped].find(({ id }) => id === taskId);
  if (task?.startedAt === undefined) return undefined;
  const changed = Date.parse(evidence.facts.secretChanged ?? '');
  if (task.startedAt < changed) {
    const when = `it started at ${iso(task.startedAt)}, the secret was changed at ${iso(changed)}`;
    return { proof: [{ from: 'task', text: `task ${taskId}: ${when}` }], facts: { when } };
  }
  const healthy = evidence.targets.find(
    (target) => target.address === task.address && target.state === 'healthy' && target.at < at,
  );
  if (!healthy) return undefined;
  const when = `its login still worked at ${iso(healthy.at)}, the database's password was changed after that`;
  return {
    proof: [{ from: 'target', text: `${healthy.address}:${healthy.port} was healthy` }],
    facts: { when },
  };
};

const iso = (at: number): string => new Date(at).toISOString();

const certain = { area: 'database', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const link = 'https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html';
const secretsLink =
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html';

export const databaseDeniedRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'database-password-is-json',
    symptoms: [
      "Access denied for user '…' (using password: YES), and the whole JSON of the secret is the password",
      'WORDPRESS_DB_PASSWORD … is taken from … arn:aws:secretsmanager',
      "Access denied for user '…'@'…' (using password: YES)",
    ],
    sees: seeDenial('whole-json'),
    cause:
      "The task definition of {service} gives WordPress the whole JSON of the secret as user or password: the key is missing behind the secret's ARN.",
    fix: [
      'Let the task definition be written anew, with `:username::` and `:password::` behind the ARN: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: task-definition, service`.',
      'In a task definition of your own: `"valueFrom": "<secret ARN>:password::"`. Key, stage and version stand behind the ARN, with both colons even where they are empty.',
    ],
    verify:
      '`aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].secrets[]"` shows a key behind each ARN.',
    link: secretsLink,
  },
  {
    ...certain,
    id: 'database-no-password',
    symptoms: ["Access denied for user '…'@'…' (using password: NO)"],
    sees: seeDenial('empty'),
    cause:
      'WordPress logs in to the database as {said} without any password: the value of password in secret {secret} is empty, or the task definition does not hand it over.',
    fix: [
      'Look whether it has one, without showing it: `aws secretsmanager get-secret-value --region {region} --secret-id {secret} --query SecretString --output text | jq "map_values(length)"`.',
      'Where it is empty, store a password in it; where it is not, let the task definition be written anew: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`.',
      runInit,
      restart,
    ],
    verify: runVerify,
    link: secretsLink,
  },
  {
    ...certain,
    id: 'database-other-user',
    symptoms: ["Access denied for user '…'@'…' (using password: YES)"],
    sees: seeDenial('other-user'),
    cause:
      'WordPress logs in to the database as {said}, and the manifest says {user}: the username in secret {secret} is another one.',
    fix: [
      'Make them the same: correct `username` in the value of secret {secret}, or in {manifest} `database: { user: {said} }`.',
      runInit,
      restart,
    ],
    verify: runVerify,
    link,
  },
  {
    ...certain,
    // A changed tag or policy counts as a change of the secret, too.
    sure: 'likely',
    id: 'database-password-outdated',
    symptoms: ["Access denied for user '…'@'…' (using password: YES)"],
    sees: seeDenial('outdated'),
    cause:
      'Task {task} holds an outdated password of {user}: {when}. ECS reads secret {secret} only when a task starts.',
    fix: [
      `Make the database's password that of the secret; where it is already, this changes nothing. ${runInit}`,
      restart,
    ],
    verify: runVerify,
    link: secretsLink,
  },
  {
    ...certain,
    id: 'database-access-denied',
    symptoms: [
      "Access denied for user '…'@'…' (using password: YES)",
      'ERROR 1045 (28000)',
      'mysqli_real_connect(): (HY000/1045)',
    ],
    sees: seeDenial('refused'),
    cause:
      'The database refuses {user} with the password of secret {secret}: the two differ, or the account does not exist.',
    fix: [
      `Set the account's password to the secret's, and make the account where it is missing. ${runInit} Tasks that still serve with the password of before (after a rollback, or until the new ones are healthy) are refused from then on: do the next step at once.`,
      restart,
      'Where they serve and the secret is what was changed by mistake, give it its value of before instead, which harms nobody: `aws secretsmanager list-secret-version-ids --region {region} --secret-id {secret}`, then `aws secretsmanager update-secret-version-stage --region {region} --secret-id {secret} --version-stage AWSCURRENT --move-to-version-id <the id with AWSPREVIOUS> --remove-from-version-id <the id with AWSCURRENT>`, and deploy again.',
      "If run-db-init says that {user} can log in and WordPress still cannot, the server wants encryption: MariaDB refuses a login without TLS in the same words. Add `define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL);` to WORDPRESS_CONFIG_EXTRA in {manifest}.",
    ],
    verify: runVerify,
    link,
  },
];
