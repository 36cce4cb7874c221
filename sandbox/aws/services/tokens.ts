// GitHub's OIDC tokens: minted for tests, verified as STS verifies them.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { AwsError } from '../cloud.ts';

export const issuer = 'token.actions.githubusercontent.com';

export type Claims = {
  readonly sub: string;
  readonly aud?: string;
  readonly iss?: string;
  /** Seconds since the epoch, in the cloud's time. */
  readonly exp?: number;
  readonly nbf?: number;
  readonly [claim: string]: unknown;
};

export type TokenIssuer = {
  /** A signed RS256 token, valid for five minutes of the cloud's time unless `exp` says otherwise. */
  readonly mint: (claims: Claims) => string;
  /**
   * The claims of a token that this issuer signed and that has not expired, for an account that has a provider for its
   * issuer. Throws AwsError in STS's order: form, provider, audience, signature, time.
   */
  readonly verify: (
    token: string,
    audiencesOf: (issuerUrl: string) => readonly string[] | undefined,
  ) => Claims;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const invalid = (why: string): AwsError => new AwsError('InvalidIdentityToken', why);

const decode = (part: string): Claims => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Claims;
  } catch {
    throw invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
};

// Making an RSA key takes a tenth of a second; most sandboxes never need one.
const createKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export const createTokenIssuer = (clock: { readonly now: () => number }): TokenIssuer => {
  let keys: ReturnType<typeof createKeys> | undefined;
  const keyPair = (): ReturnType<typeof createKeys> => {
    keys ??= createKeys();
    return keys;
  };
  const now = (): number => Math.floor(clock.now() / 1000);
  return {
    mint: (claims) => {
      const payload = {
        iss: `https://${issuer}`,
        aud: 'sts.amazonaws.com',
        iat: now(),
        exp: now() + 300,
        ...claims,
      };
      const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'sandbox' })}.${encode(payload)}`;
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), keyPair().privateKey).toString('base64url')}`;
    },
    verify: (token, audiencesOf) => {
      const [header = '', payload = '', signature = '', ...rest] = token.split('.');
      if (rest.length > 0 || signature === '') throw invalid('The ID Token provided is not a valid JWT.');
      const claims = decode(payload);
      checkProvider(claims, audiencesOf(String(claims.iss)));
      const bytes = Buffer.from(signature, 'base64url');
      const genuine = verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), keyPair().publicKey, bytes);
      if (decode(header).alg !== 'RS256' || !genuine)
        throw invalid('Couldn’t retrieve verification key from your identity provider.');
      checkTime(claims, now());
      return claims;
    },
  };
};

const checkProvider = ({ iss, aud }: Claims, audiences: readonly string[] | undefined): void => {
  if (!audiences) throw invalid(`No OpenIDConnect provider found in your account for ${iss}`);
  if (!audiences.includes(String(aud))) throw invalid('Incorrect token audience');
};

const checkTime = ({ exp = 0, nbf = 0 }: Claims, now: number): void => {
  if (exp <= now)
    throw new AwsError(
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`,
    );
  if (nbf > now) throw invalid(`Token is not yet valid: current date/time ${now} must be after ${nbf}`);
};
