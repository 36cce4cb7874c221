// What a step's `uses:` means: an action of a repository that a folder stands for, one in the workspace, or one of the few
// third-party actions that have a stand-in here.
import { join } from 'node:path';
import type { StandIn } from '../actions/stand-in.ts';
import { standIns } from '../actions/stand-ins.ts';
import { type ActionFile, readActionFile } from './action-file.ts';
import type { Origin, Token } from './definitions.ts';
import { isMapping } from './library.ts';

/** `owner/name` → folder. */
export type Repositories = Readonly<Record<string, string>>;

export type Action =
  | { readonly kind: 'action'; readonly action: ActionFile }
  | { readonly kind: 'stand-in'; readonly name: string; readonly run: StandIn }
  | { readonly kind: 'refused'; readonly why: string };

type Uses = { readonly uses: string; readonly with: Token };

/** Why a step's action cannot be used, as far as that is known before the job runs. */
export const checkAction = async (
  step: Uses,
  origin: Origin,
  repositories: Repositories,
): Promise<string | undefined> => {
  if (step.uses.startsWith('./')) return undefined;
  const found = await findAction(step.uses, { origin, repositories, workspace: '' });
  if (found.kind === 'refused') return found.why;
  if (found.kind === 'action') return undefined;
  const given = step.with && isMapping(step.with) ? [...step.with].map(({ key }) => key.toString()) : [];
  const unknown = given.filter((name) => !found.run.inputs.includes(name.toLowerCase()));
  return unknown.length > 0
    ? `this runner's stand-in for ${found.name} does not know ${unknown.map((name) => `'${name}'`).join(', ')}; it knows ${found.run.inputs.join(', ')}`
    : undefined;
};

type Place = {
  readonly origin: Origin;
  readonly repositories: Repositories;
  /** Where `./` is looked for, as the runner does: the checkout, not the file's repository. */
  readonly workspace: string;
};

export const findAction = async (uses: string, place: Place): Promise<Action> => {
  const { origin, repositories, workspace } = place;
  if (uses.startsWith('docker://')) return refuse(uses, 'this runner does not know docker');
  if (uses.startsWith('$/')) {
    return uses.includes('@')
      ? refuse(uses, '$/ takes no @ref')
      : read(uses, join(origin.folder, uses.slice(2)));
  }
  if (uses.startsWith('./')) return read(uses, join(workspace, uses));
  const [, repository = '', path = '', ref = ''] = /^([^/@]+\/[^/@]+)(\/[^@]*)?@(.+)$/.exec(uses) ?? [];
  if (!ref) return refuse(uses, 'OWNER/NAME@REF was expected');
  const folder = repositories[repository];
  if (folder !== undefined) return read(uses, join(folder, path));
  const run = standIns[repository];
  if (!run || path) return refuse(uses, 'this runner has no stand-in for it');
  if (!/^[0-9a-f]{40}$/.test(ref)) return refuse(uses, 'a third-party action is named by a full commit SHA');
  return { kind: 'stand-in', name: repository, run };
};

const refuse = (uses: string, why: string): Action => ({ kind: 'refused', why: `'${uses}': ${why}` });

const read = async (uses: string, folder: string): Promise<Action> => {
  const reading = await readActionFile(folder);
  return reading.kind === 'action' ? reading : refuse(uses, reading.why);
};
