// Outcomes and errors as text: the log's lines, the job summary's Markdown, annotations within GitHub's limits. Pure.

import { Cancelled, Failed, FailedAmong, Refused, UserError } from './errors.ts';
import { problemList } from './problem-list.ts';
import type { Outcome } from './resource.ts';

/** GitHub shows 10 error annotations per step and drops the rest. */
const annotationsPerStep = 10;
/** GitHub refuses a whole step summary above 1 MiB; the rest is room for the closing line. */
const summaryBytes = 1024 * 1024 - 4_096;
const annotationLength = 4_000;

export type Annotation = {
  readonly message: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
};

export const annotationsOf = (error: unknown): readonly Annotation[] => {
  if (!(error instanceof UserError)) return [{ message: cut(messageOf(error)) }];
  const all = error.problems.map(({ what, fix, place }) => ({
    message: cut(`${what} ${fix}`.trim()),
    ...(place ? { place } : {}),
  }));
  if (all.length <= annotationsPerStep) return all;
  const rest = all.length - annotationsPerStep + 1;
  return [
    ...all.slice(0, annotationsPerStep - 1),
    { message: `${rest} more problems are in the job summary and the log.` },
  ];
};

const cut = (message: string): string =>
  message.length <= annotationLength
    ? message
    : `${message.slice(0, annotationLength)} … (cut; the rest is in the log)`;

/** What a person reads of an error: never a stack trace, and for AWS's refusals the code with what it needs. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const hint = hintFor(error);
  return hint ? `${error.name}: ${error.message}\n${hint}` : error.message || error.name;
};

const hintFor = (error: Error): string | undefined => {
  if (error instanceof Failed || error instanceof Refused || error instanceof UserError) return undefined;
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(error.name))
    return /no session policy allows/.test(error.message) ? notTheTenants : lacksPermission;
  if (/ExpiredToken/.test(error.name))
    return 'The credentials expired while the action ran. Use role-to-assume, which renews them, or a longer session.';
  if (error.name === 'CredentialsProviderError')
    return 'No AWS credentials were found. Set role-to-assume and give the job `permissions: id-token: write`, or put credentials into the environment.';
  if (/Throttl|TooManyRequests/.test(error.name))
    return 'AWS throttled every try. Run again, with fewer jobs at once.';
  if (error.name === 'ClusterNotFoundException')
    return 'There is no such ECS cluster in this account and region: correct cluster in the environment manifest.';
  if (error.name === 'FileSystemNotFound')
    return 'There is no such file system in this account and region: correct fileSystem in the environment manifest.';
  const place = manifestPlaces.find(([said]) => said.test(`${error.name}: ${error.message}`));
  if (place) return `${place[1]} in the environment manifest.`;
  return '$metadata' in error ? hintForCall(error.$metadata) : undefined;
};

const lacksPermission =
  "The role lacks this permission, or a name in the manifest (executionRole, masterSecret, logGroup …) is not what the role's policy is for. Compare it with the action's IAM list in its README.";

const notTheTenants =
  "The session is narrowed to one tenant (docs/oidc.md), and what it asked for is not this tenant's: another tenant's, or a name in the manifest that is not what AWS has.";

/** ECS puts EC2's code into the message of an InvalidParameterException; the id may be well formed or not. */
const manifestPlaces: readonly (readonly [said: RegExp, hint: string])[] = [
  [
    /InvalidSubnet|\bsubnet\b.*(does not exist|not found|invalid)/i,
    'There is no such subnet in this account and region: correct network.subnets',
  ],
  [
    /Invalid(Security)?Group|\bsecurity groups?\b.*(does not exist|not found|invalid)/i,
    "There is no such security group in this account, region and the subnets' VPC: correct network.securityGroups (database.securityGroups for the database task)",
  ],
  [
    /^ResourceNotFoundException.*\blog group\b/is,
    'There is no such log group in this account and region: correct logGroup',
  ],
];

const hintForCall = (metadata: unknown): string =>
  (metadata as { httpStatusCode?: number }).httpStatusCode === undefined
    ? "AWS could not be reached, and nothing after this call was done. Check the runner's network and proxy, and AWS_ENDPOINT_URL if it is set; then run again."
    : 'AWS refused the call; nothing after it was done. Running again is safe.';

/** The same error, with what had been done before it. A cancelled job says so itself. */
export const withProgress = (error: unknown, done: readonly string[]): unknown => {
  if (error instanceof Cancelled || done.length === 0) return error;
  if (error instanceof Failed) return error.withDetails(done);
  if (error instanceof Refused || !(error instanceof Error)) return new Failed(messageOf(error), '', done);
  return new Failed(
    `${error.name}: ${error.message}`,
    hintFor(error) ?? 'Running again goes on from here.',
    done,
  );
};

/** What was done before an error, a line each; kept things are left out. */
export const doneLines = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes
    .filter(({ action }) => action !== 'keep' && action !== 'absent')
    .map(({ kind, name, action }) => `done before this: ${action} ${kind} ${name}`);

export const detailsOf = (error: unknown): readonly string[] =>
  error instanceof Failed ? error.details : [];

const marks: Readonly<Record<Outcome['action'], string>> = {
  create: '+ create',
  update: '~ update',
  replace: '± replace',
  keep: '= keep',
  delete: '- delete',
  absent: '  absent',
};

/** One line per resource and per differing field. */
export const planLines = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ kind, name, action, differences, note }) => [
    `${marks[action].padEnd(10)} ${kind} ${name}`,
    ...differences.map(({ field, from, to }) => `             ${field}: ${from} -> ${to}`),
    ...(note ? [`             ${note}`] : []),
  ]);

export const planTable = (outcomes: readonly Outcome[]): string =>
  [
    '| | resource | name | differs |',
    '|---|---|---|---|',
    ...outcomes.map(
      ({ kind, name, action, differences, note }) =>
        `| ${marks[action].trim()} | ${kind} | \`${cell(name)}\` | ${[
          ...differences.map(({ field, from, to }) => `${cell(field)}: \`${cell(from)}\` → \`${cell(to)}\``),
          ...(note ? [cell(note)] : []),
        ].join('<br>')} |`,
    ),
  ].join('\n');

/** Text that cannot end a table cell, start HTML or close a code span. */
export const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll('<', '&lt;').replace(/\s+/g, ' ').slice(0, 500);

export const factTable = (facts: Readonly<Record<string, string>>): string =>
  [
    '| | |',
    '|---|---|',
    ...Object.entries(facts).map(([name, value]) => `| ${cell(name)} | \`${cell(value)}\` |`),
  ].join('\n');

export const errorSummary = (title: string, error: unknown): string => {
  if (error instanceof UserError && error.problems.some(({ place }) => place))
    return `## ❌ ${title}\n\n${problemList(error.problems, summaryBytes - 1_000)}\n`;
  const message = messageOf(error)
    .split('\n')
    .map((line) => `> ${line.replaceAll('<', '&lt;')}`)
    .join('\n>\n');
  const details = detailsOf(error);
  const evidence = details.length
    ? `\n\n<details open><summary>What was seen</summary>\n\n~~~text\n${details.join('\n').replaceAll('~~~', '~ ~ ~')}\n~~~\n\n</details>`
    : '';
  const table = error instanceof FailedAmong ? `\n\n${error.table}` : '';
  return `## ❌ ${title}\n\n${message}${table}${evidence}\n`;
};

/** Cuts Markdown at a line's end so that its UTF-8 stays below GitHub's limit, and says so. */
export const cutSummary = (markdown: string, limit = summaryBytes): string => {
  const bytes = Buffer.from(markdown, 'utf8');
  if (bytes.length <= limit) return markdown;
  const text = new TextDecoder().decode(bytes.subarray(0, limit)).replace(/�+$/, '');
  const end = text.lastIndexOf('\n');
  return `${text.slice(0, end > 0 ? end : text.length)}\n\n_Cut here: GitHub shows at most 1 MiB. The log has the rest._\n`;
};
