// How policies match text: wildcards, ARNs part by part, and variables that stand for a key of the request.

/** What a request is known by, names in lower case: IAM does not tell their cases apart. */
export type Keys = ReadonlyMap<string, readonly string[]>;

export type KeyRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

export const keysOf = (record: KeyRecord): Keys =>
  new Map(
    Object.entries(record).flatMap(([name, value]): readonly [string, readonly string[]][] =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? [value] : value]],
    ),
  );

const expressions = new Map<string, RegExp>();

const compile = (pattern: string): RegExp => {
  const known = expressions.get(pattern);
  if (known) return known;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const compiled = new RegExp(`^${source}$`, 's');
  expressions.set(pattern, compiled);
  return compiled;
};

/** `*` and `?` as policies and StringLike know them. */
export const matchesWildcard = (pattern: string, text: string): boolean => compile(pattern).test(text);

const arnParts = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** ArnLike compares the six parts one by one: a `*` for the region does not reach into the account. */
export const matchesArn = (pattern: string, text: string): boolean => {
  const wanted = arnParts(pattern);
  return arnParts(text).every((part, index) => matchesWildcard(wanted[index] ?? '', part));
};

const literals: Readonly<Record<string, string>> = { '*': '*', '?': '?', $: '$' };

/** `${aws:PrincipalTag/team}` replaced; undefined, which matches nothing, where the request has no such key. */
export const expand = (pattern: string, keys: Keys): string | undefined => {
  let complete = true;
  const expanded = pattern.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    const [, name = inner, otherwise] = /^([^,]+),\s*'(.*)'$/.exec(inner) ?? [];
    const value = literals[name] ?? keys.get(name.toLowerCase())?.[0] ?? otherwise;
    complete &&= value !== undefined;
    return value ?? '';
  });
  return complete ? expanded : undefined;
};
