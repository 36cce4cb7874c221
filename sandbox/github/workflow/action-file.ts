// An action.yml as GitHub's own reader sees it, and what of it this runner runs.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ActionTemplate,
  convertActionTemplate,
  NoOperationTraceWriter,
  parseAction,
} from './library.ts';

export type ActionFile = {
  /** Folder with action.yml and dist. */
  readonly folder: string;
  readonly inputs: NonNullable<ActionTemplate['inputs']>;
  readonly post: { readonly condition: string } | undefined;
};

export type ActionReading =
  | { readonly kind: 'action'; readonly action: ActionFile }
  | { readonly kind: 'refused'; readonly why: string };

export const readActionFile = async (folder: string): Promise<ActionReading> => {
  const name = ['action.yml', 'action.yaml'].find((file) => existsSync(join(folder, file)));
  if (!name) return { kind: 'refused', why: 'it has no action.yml' };
  const content = await readFile(join(folder, name), 'utf8');
  const { context, value } = parseAction({ name, content }, new NoOperationTraceWriter());
  const template = value && convertActionTemplate(context, value);
  const problems = context.errors.getErrors().map(({ message }) => message);
  if (!template || problems.length > 0) return { kind: 'refused', why: problems.join('; ') };
  const why = whyNotRun(template.runs, folder);
  if (why !== undefined) return { kind: 'refused', why };
  const { runs, inputs = [] } = template;
  const post = 'post' in runs && runs.post ? { condition: runs.postIf ?? 'always()' } : undefined;
  return { kind: 'action', action: { folder, inputs, post } };
};

const whyNotRun = (runs: ActionTemplate['runs'], folder: string): string | undefined => {
  if (runs.using === 'docker' || runs.using === 'composite')
    return `this runner does not know actions that use ${runs.using}`;
  if (runs.using !== 'node24') return `it declares ${runs.using}, and this runner has node24`;
  if (runs.pre) return 'this runner does not know `pre`';
  if (!existsSync(join(folder, runs.main))) return `its ${runs.main} is missing`;
  return undefined;
};
