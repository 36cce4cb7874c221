// The container registry that the stand-ins of docker's actions push to, and the files by which docker's programs know of
// each other: who is logged in where, and which builder is set up.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Login = { readonly username: string; readonly password: string };

/** An image as it is pushed. What docker says of its own accord, layers and manifests, is not played. */
export type Push = {
  readonly host: string;
  readonly repository: string;
  readonly tags: readonly string[];
  /** The same contents have the same digest. */
  readonly contents: string;
  readonly login: Login;
};

export type Registry = {
  /** Answers the digest. Throws what the registry would say. */
  readonly push: (push: Push) => string;
  /** Whether the registry has the tag. */
  readonly has: (image: {
    readonly host: string;
    readonly repository: string;
    readonly tag: string;
  }) => boolean;
};

type Texts = Readonly<Record<string, string>>;
type Config = { readonly auths?: Readonly<Record<string, { readonly auth: string }>> };

const configOf = ({ HOME = '' }: Texts): string => join(HOME, '.docker/config.json');
const builderOf = ({ HOME = '' }: Texts): string => join(HOME, '.docker/buildx/current');

const readConfig = async (env: Texts): Promise<Config> =>
  JSON.parse(await readFile(configOf(env), 'utf8').catch(() => '{}')) as Config;

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

/** `docker login`. */
export const logIn = async (env: Texts, host: string, { username, password }: Login): Promise<void> => {
  const { auths = {} } = await readConfig(env);
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await write(configOf(env), JSON.stringify({ auths: { ...auths, [host]: { auth } } }));
};

/** Throws what docker says where nobody has logged in. */
export const loginOf = async (env: Texts, host: string): Promise<Login> => {
  const { auths = {} } = await readConfig(env);
  const [username = '', password = ''] = Buffer.from(auths[host]?.auth ?? '', 'base64')
    .toString()
    .split(':');
  if (!password)
    throw new Error(
      `failed to push: unexpected status from HEAD request to https://${host}/v2/: 401 Unauthorized: no basic auth credentials`,
    );
  return { username, password };
};

/** `docker buildx create --use`. */
export const setBuilder = (env: Texts, driver: string): Promise<void> => write(builderOf(env), driver);

/** The driver of the builder that is set up; docker's own where none is. */
export const builder = (env: Texts): Promise<string> =>
  readFile(builderOf(env), 'utf8').catch(() => 'docker');
