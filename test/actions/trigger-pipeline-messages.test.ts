// Every end in every mode, with what a person reads of it: trigger-pipeline-messages.md is checked here, and written anew
// with WRITE_MESSAGES=1 for somebody to read.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { Cancelled, Diagnosed, Failed, UserError } from '../../src/shared/errors.ts';
import { annotationsOf } from '../../src/shared/report.ts';
import { ends } from './trigger-pipeline-ends.ts';
import { createRoom, type End, type Mode } from './trigger-pipeline-kit.ts';

const file = 'test/actions/trigger-pipeline-messages.md';

const head = `# What trigger-pipeline says at each end

Each end in each mode of a pipeline, as a person reads it. The test trigger-pipeline-messages.test.ts plays them all and
compares; \`WRITE_MESSAGES=1 npm test -- test/actions/trigger-pipeline-messages.test.ts\` writes this page anew.
`;

/** What is read of one end in one mode. */
const playIn = async ({ room: options, given = {}, meanwhile, play }: End, mode: Mode): Promise<string> => {
  const room = createRoom({ ...options?.(), mode });
  await meanwhile?.(room);
  const text = await (play ? play(room, given) : room.run(given)).then(
    ({ status, followedExecutionId }) =>
      `Ends well, as ${status}${followedExecutionId ? ` (followed ${followedExecutionId})` : ''}.`,
    messageOf,
  );
  const warnings = room.warnings.map((line) => `warning: ${line}`);
  const seen = ['status', 'failed-stage', 'failed-action'].flatMap((key) => {
    const value = room.early.get(key);
    return value ? [`${key}: ${value}`] : [];
  });
  return nameIds(
    [
      text,
      ...(warnings.length ? [warnings.join('\n')] : []),
      ...(seen.length ? [`Outputs: ${seen.join(', ')}`] : []),
    ].join('\n\n'),
  );
};

const messageOf = (error: unknown): string => {
  if (error instanceof Diagnosed) {
    const told = annotationsOf(error, { manifest: 'application' }).map(({ message }) => message);
    const seen = [...error.details, ...error.cases.flatMap(({ evidence }) => evidence)];
    return [...told, ...(seen.length ? [seen.join('\n')] : [])]
      .map((text) => `~~~text\n${text}\n~~~`)
      .join('\n\n');
  }
  if (error instanceof Failed) {
    const details = error.details.length ? `\n\n~~~text\n${error.details.join('\n')}\n~~~` : '';
    return `**${error.what}**\n\n${error.fix}${details}`;
  }
  if (error instanceof UserError || error instanceof Cancelled) return `**${error.message}**`;
  throw error;
};

/** Ids are drawn anew for each room: their place tells more. */
const nameIds = (text: string): string => {
  const ids = [...new Set(text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [])];
  return ids.reduce((rest, id, at) => rest.replaceAll(id, `<id ${at + 1}>`), text);
};

const sectionOf = async (end: End): Promise<string> => {
  const said = new Map<string, Mode[]>();
  for (const mode of end.modes) {
    const text = await playIn(end, mode);
    said.set(text, [...(said.get(text) ?? []), mode]);
  }
  const parts = [...said].map(([text, modes]) => `### ${modes.join(', ')}\n\n${text}`);
  return `## ${end.title}\n\n${parts.join('\n\n')}\n`;
};

const sections = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/^(?=## )/m)
      .slice(1)
      .map((part) => [part.split('\n')[0]?.slice(3) ?? '', part.trim()]),
  );

const known = sections(await readFile(file, 'utf8'));
const played: string[] = [];

test.each(ends)('$title', async (end) => {
  const section = await sectionOf(end);
  played.push(section);
  if (!process.env.WRITE_MESSAGES) expect(section.trim()).toBe(known.get(end.title));
});

test('the page has no end that is not played', async () => {
  if (process.env.WRITE_MESSAGES) await writeFile(file, `${head}\n${played.join('\n')}`);
  const page = sections(await readFile(file, 'utf8'));
  expect([...page.keys()]).toEqual(ends.map(({ title }) => title));
});
