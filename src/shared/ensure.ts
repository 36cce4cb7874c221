// The driver of one resource: what should exist meets what is there, and a lost answer is looked into, not repeated.
import { Refused, UnknownOutcome } from './errors.ts';
import type { Tags } from './fleet/types.ts';
import type { Difference, Outcome, Piece, Refs, Resource, Sight } from './resource.ts';
import { seek } from './wait.ts';
import type { World } from './world.ts';

export type Ensuring = { readonly tags: Tags; readonly clock: World['clock'] };

/** Closes a resource's own types over, so that the walk sees every resource alike. */
export const piece = <Want, Have>(resource: Resource<Want, Have>, ensuring: Ensuring): Piece => ({
  step: resource.step,
  kind: resource.kind,
  name: resource.name,
  ...(resource.isShared && { isShared: resource.isShared }),
  observe: async () => sightOf(resource, await resource.observe(), ensuring),
});

const sightOf = <Want, Have>(
  resource: Resource<Want, Have>,
  have: Have | undefined,
  ensuring: Ensuring,
): Sight => ({
  step: resource.step,
  kind: resource.kind,
  name: resource.name,
  needs: resource.needs,
  found: have !== undefined,
  ...(resource.isShared && { isShared: resource.isShared }),
  tags: have === undefined ? 'by-name' : resource.tags(have),
  refs: have === undefined ? {} : resource.refs(have),
  plan: (refs, foundTags) =>
    planOf(resource, have, {
      differences: have === undefined ? [] : resource.differs(resource.want(refs), have),
      tagDifferences: have === undefined ? [] : differingTags(ensuring.tags, foundTags),
    }),
  apply: async (outcome, refs) => resource.refs(await applyTo(resource, have, { outcome, refs, ensuring })),
  destroy: () =>
    repeatUnknown(async () => (have === undefined ? resource.sweep?.() : resource.destroy(have))),
});

type Differing = {
  readonly differences: readonly Difference[];
  readonly tagDifferences: readonly Difference[];
};

const planOf = <Want, Have>(
  resource: Resource<Want, Have>,
  have: Have | undefined,
  differing: Differing,
): Outcome => {
  const differences = [...differing.differences, ...differing.tagDifferences];
  const { step, kind, name, note } = resource;
  const head = { step, kind, name, differences, ...(note && { note }) };
  if (have === undefined) return { ...head, action: 'create' };
  if (differences.some(({ how }) => how === 'replace')) return { ...head, action: 'replace' };
  return { ...head, action: differences.length ? 'update' : 'keep' };
};

const tagField = 'tag ';

const differingTags = (want: Tags, have: Tags | 'by-name'): readonly Difference[] =>
  have === 'by-name'
    ? []
    : Object.entries(want)
        .filter(([key, value]) => have[key] !== value)
        .map(([key, value]) => ({
          field: `${tagField}${key}`,
          from: have[key] ?? '(none)',
          to: value,
          how: 'update',
        }));

type Applying = { readonly outcome: Outcome; readonly refs: Partial<Refs>; readonly ensuring: Ensuring };

const applyTo = async <Want, Have>(
  resource: Resource<Want, Have>,
  have: Have | undefined,
  { outcome, refs, ensuring }: Applying,
): Promise<Have> => {
  const want = resource.want(refs);
  const settled = (seen: Have): boolean => resource.differs(want, seen).length === 0;
  const settle = (act: () => Promise<Have>): Promise<Have> =>
    settleOutcome(act, { resource, settled, clock: ensuring.clock });
  if (have === undefined || outcome.action === 'replace') return settle(() => resource.create(want));
  const own = outcome.differences.filter(({ field }) => !field.startsWith(tagField));
  if (own.length < outcome.differences.length) await repeatUnknown(() => resource.tag(have, ensuring.tags));
  return own.length ? settle(() => resource.update(want, have, own)) : have;
};

type Settling<Want, Have> = {
  readonly resource: Resource<Want, Have>;
  readonly settled: (have: Have) => boolean;
  readonly clock: World['clock'];
};

/** A write whose answer was lost, or that says "exists already", is followed by a look, not by a blind repeat. */
const settleOutcome = async <Want, Have>(
  act: () => Promise<Have>,
  { resource, settled, clock }: Settling<Want, Have>,
): Promise<Have> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const taken = resource.isTaken(error);
      if (!(taken || error instanceof UnknownOutcome) || attempt >= 4) throw error;
      const seen = await seek(async () => {
        const found = await resource.observe();
        return found !== undefined && settled(found) ? found : undefined;
      }, clock);
      if (seen !== undefined) return seen;
      if (taken)
        throw new Refused(
          `${resource.kind} ${resource.name}: AWS says that it exists already, but as something else than the manifest asks for.`,
          'Look at it in the AWS console; if another run is changing this tenant, let it end and run again.',
        );
    }
  }
};

/** For writes that are harmless twice. */
export const repeatUnknown = async <T>(act: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || attempt >= 4) throw error;
    }
  }
};
