// Tags of file systems and access points.
import { idOf, refuse, type State, type Tag } from './efs-state.ts';
import { optional, pageOf } from './pages.ts';

export type ById = { readonly ResourceId: string };

const changeTags = (
  state: State,
  resource: string,
  change: (tags: readonly Tag[]) => readonly Tag[],
): object => {
  const id = idOf(resource);
  if (id.startsWith('fsap-')) {
    const point = state.needAccessPoint(id);
    state.accessPoints.set(id, { ...point, tags: change(point.tags) });
  } else {
    const fileSystem = state.needFileSystem(id);
    state.fileSystems.set(id, { ...fileSystem, tags: change(fileSystem.tags) });
  }
  return {};
};

export const listTags = (
  state: State,
  input: ById & { readonly MaxResults?: number; readonly NextToken?: string },
): object => {
  const id = idOf(input.ResourceId);
  const tags = id.startsWith('fsap-')
    ? (state.accessPoints.read(id) ?? state.needAccessPoint(id)).tags
    : state.needFileSystem(id).tags;
  const { items, next } = pageOf(
    tags,
    {
      scope: ['ListTagsForResource', id],
      token: input.NextToken,
      limit: input.MaxResults,
      most: 50,
      invalid: refuse('BadRequest', 'NextToken is invalid.'),
    },
    state.cloud.settings,
  );
  return { Tags: items, ...optional('NextToken', next) };
};

export const addTags = (
  state: State,
  { ResourceId, Tags }: ById & { readonly Tags: readonly Tag[] },
): object =>
  changeTags(state, ResourceId, (tags) => [
    ...tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)),
    ...Tags,
  ]);

export const removeTags = (
  state: State,
  { ResourceId, TagKeys }: ById & { readonly TagKeys: readonly string[] },
): object => changeTags(state, ResourceId, (tags) => tags.filter(({ Key }) => !TagKeys.includes(Key)));
