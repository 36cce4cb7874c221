// What GitHub says of a job in its OIDC token. The token itself is a secret for its five minutes; its claims are not.

export type Claims = Readonly<Record<string, unknown>>;

/** The claims that trust policies are made of, in the order in which they are shown. */
export const shownClaims = [
  'sub',
  'aud',
  'repository',
  'repository_id',
  'environment',
  'ref',
  'job_workflow_ref',
] as const;

/** The claims of a token, unverified; none where it cannot be read. */
export const readClaims = (token: string): Claims => {
  try {
    const body: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as Claims) : {};
  } catch {
    return {};
  }
};

/** A claim as text; undefined where the token has none. */
export const claimOf = (claims: Claims, name: string): string | undefined => {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return value === undefined || value === null || value === '' ? undefined : String(value);
};

export const claimLines = (claims: Claims): readonly string[] =>
  shownClaims.map((name) => `${name}: ${claimOf(claims, name) ?? '(none)'}`);
