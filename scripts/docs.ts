// `npm run docs` fills the generated parts of the READMEs from action.yml and iam.json, and docs/workflows.md and
// docs/releases.md from the workflows' own inputs; `--check` writes nothing and fails where a page says something else.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { fillPage, table } from './fill.ts';

type Input = { readonly description?: string; readonly required?: boolean; readonly default?: unknown };
type Action = {
  readonly description?: string;
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly outputs?: Readonly<Record<string, { readonly description?: string }>>;
};
type Policy = { readonly Statement: readonly { readonly Action: string | readonly string[] }[] };
type Workflow = {
  readonly on?: { readonly workflow_call?: { readonly inputs?: Readonly<Record<string, Input>> } };
};
type Room = {
  readonly folder: string;
  readonly action: Action;
  readonly policy: Policy;
  /** What it calls for an application, where it serves tenants too. */
  readonly ofApplications: Policy | undefined;
};

const given = process.argv.slice(2);
const check = given.includes('--check');
const root = given.find((word) => !word.startsWith('--')) ?? dirname(import.meta.dirname);
const problems: string[] = [];

const main = (): void => {
  const rooms = globSync('actions/*/action.yml', { cwd: root }).sort().map(readRoom);
  for (const room of rooms) {
    const parts = {
      inputs: inputTable({ folder: room.folder, file: 'action.yml', inputs: room.action.inputs }),
      outputs: outputTable(room),
      iam: iamList(room.policy),
      ...(room.ofApplications ? { 'iam-application': iamList(room.ofApplications) } : {}),
    };
    fill(join(room.folder, 'README.md'), parts);
  }
  if (rooms.length) fill('README.md', { actions: actionTable(rooms) });
  const workflows = globSync('.github/workflows/*.yml', { cwd: root }).sort().flatMap(readWorkflow);
  for (const page of new Set(workflows.map(({ page }) => page)))
    fill(
      page,
      Object.fromEntries(workflows.filter((one) => one.page === page).map(({ name, text }) => [name, text])),
    );
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  process.exitCode = 1;
};

const read = (path: string): string => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    problems.push(`${path}: missing`);
    return '';
  }
};

const readRoom = (file: string): Room => {
  const folder = dirname(file);
  const action = parse(read(file)) as Action;
  const policyIn = (name: string): Policy =>
    JSON.parse(read(join(folder, name)) || '{"Statement":[]}') as Policy;
  const second = 'iam.application.json';
  const ofApplications = existsSync(join(root, folder, second)) ? policyIn(second) : undefined;
  return { folder, action, policy: policyIn('iam.json'), ofApplications };
};

/** Called by people's own workflows; what those call in turn is of no use alone. */
const inner = ['chunk.yml', 'release-pipeline.yml', 'tenant.yml', 'verify-chunk.yml', 'wave.yml'];

type Section = { readonly page: string; readonly name: string; readonly text: string };

const readWorkflow = (file: string): readonly Section[] => {
  const inputs = (parse(read(file)) as Workflow).on?.workflow_call?.inputs;
  const name = basename(file);
  if (!inputs || inner.includes(name)) return [];
  const page = inputs.application ? 'docs/releases.md' : 'docs/workflows.md';
  const text = inputTable({ folder: '.github/workflows', file: name, inputs });
  return [{ page, name: basename(file, '.yml'), text }];
};

/** The description, which is an error where it is missing. */
const describe = (description: string | undefined, where: string): string => {
  if (!description?.trim()) problems.push(`${where}: has no description`);
  return cell(description ?? '');
};

const cell = (text: string): string => text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');

type Inputs = {
  readonly folder: string;
  readonly file: string;
  readonly inputs: Readonly<Record<string, Input>> | undefined;
};

const inputTable = ({ folder, file, inputs }: Inputs): string => {
  const rows = Object.entries(inputs ?? {}).map(([name, input]) => [
    `\`${name}\``,
    describe(input.description, `${folder}/${file}: input ${name}`),
    input.required ? '**required**' : fallback(input.default),
  ]);
  return rows.length ? table(['Input', 'Meaning', 'Default'], rows) : 'None.';
};

const fallback = (value: unknown): string =>
  value === undefined || value === '' ? '' : `\`${cell(String(value))}\``;

const outputTable = ({ folder, action }: Room): string => {
  const rows = Object.entries(action.outputs ?? {}).map(([name, { description }]) => [
    `\`${name}\``,
    describe(description, `${folder}/action.yml: output ${name}`),
  ]);
  return rows.length ? table(['Output', 'Meaning'], rows) : 'None.';
};

const iamList = (policy: Policy): string => {
  const names = policy.Statement.flatMap(({ Action: names }) => names);
  return [...new Set(names)]
    .sort()
    .map((name) => `- \`${name}\``)
    .join('\n');
};

const actionTable = (rooms: readonly Room[]): string => {
  const rows = rooms.map(({ folder, action }) => [
    `[${folder.replace('actions/', '')}](${folder}/README.md)`,
    describe(action.description, `${folder}/action.yml`),
  ]);
  return table(['Action', 'What it does'], rows);
};

const fill = (file: string, parts: Readonly<Record<string, string>>): void => {
  if (read(file)) problems.push(...fillPage({ root, file, check }, parts, 'action.yml and iam.json'));
};

main();
