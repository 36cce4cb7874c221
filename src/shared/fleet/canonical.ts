// Task definitions compared for what they mean: AWS's answers carry defaults and read-only members that a spec does not.
import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

// Members that AWS adds to what was registered.
const readOnly = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
  'tags',
]);

// A container's members that AWS fills in when they are left out, and lists whose order means nothing.
const containerDefaults: Readonly<Record<string, Plain>> = { cpu: 0, essential: true };
const unordered: Readonly<Record<string, string>> = { environment: 'name', secrets: 'name', volumes: 'name' };

/** Differing paths, e.g. `containerDefinitions.0.image`, with both sides as text. */
export const differingFields = (
  want: RegisterTaskDefinitionCommandInput,
  have: TaskDefinition,
): readonly { readonly field: string; readonly from: string; readonly to: string }[] => {
  const left = flatten(canonical(plain(want), ''), '');
  const right = flatten(canonical(plain(have), ''), '');
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((field) => left.get(field) !== right.get(field))
    .sort()
    .map((field) => ({ field, from: right.get(field) ?? '(none)', to: left.get(field) ?? '(none)' }));
};

/** Without dates and undefined members. */
const plain = (value: object): Plain => JSON.parse(JSON.stringify(value)) as Plain;

const canonical = (value: Plain, key: string): Plain => {
  if (Array.isArray(value)) return canonicalList(value as readonly Plain[], key);
  if (value === null || typeof value !== 'object') return value as Plain;
  const entries = Object.entries(withDefaults(value as Record<string, Plain>, key))
    .filter(([name, of]) => of !== undefined && of !== null && !(key === '' && readOnly.has(name)))
    .map(([name, of]) => [name, canonical(of, name)] as const)
    .filter(([, of]) => !isEmpty(of));
  return Object.fromEntries(entries);
};

const withDefaults = (
  value: Readonly<Record<string, Plain>>,
  key: string,
): Readonly<Record<string, Plain>> => {
  if (key === 'containerDefinitions') return { ...containerDefaults, ...value };
  // awsvpc: the host port is the container port, and tcp is the protocol, whether said or not.
  if (key === 'portMappings') return { protocol: 'tcp', ...value, hostPort: value.containerPort ?? null };
  if (key === 'mountPoints') return { readOnly: false, ...value };
  if (key === 'efsVolumeConfiguration') return { ...value, rootDirectory: null };
  return value;
};

const canonicalList = (list: readonly Plain[], key: string): Plain => {
  const items = list.map((item) => canonical(item, key));
  const by = unordered[key];
  if (!by) return items;
  // Keyed by name, so that one changed variable is one difference.
  return Object.fromEntries(
    items.map((item) => {
      const { [by]: name, ...rest } = item as Record<string, Plain>;
      return [String(name), rest];
    }),
  );
};

// A false that was left out and one that was said are the same to AWS, and so is an empty list.
const isEmpty = (value: Plain): boolean =>
  value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const flatten = (value: Plain, path: string): ReadonlyMap<string, string> => {
  if (value === null || typeof value !== 'object') return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, of]) => [...flatten(of, path ? `${path}.${key}` : key)]),
  );
};
