// `npm run sandbox -- --port 4566 --fleet examples/wpsit --environment sit`, or with `--application envelope` for one of a
// fleet's applications: an AWS account on a port of this machine, until SIGINT or SIGTERM. One JSON line on stdout says where; everything for people goes to stderr.
import { parseArgs } from 'node:util';
import { type ApplicationOpening, type Opening, openSandbox } from '../sandbox/open.ts';

const usage =
  'Usage: npm run sandbox -- --port PORT --fleet FOLDER --environment NAME [--application NAME]\n' +
  'Port 0 takes a free one. The account has the tenants’ platform of the environment, or the application and its pipelines.';

type Asked = Opening | ApplicationOpening;

type Arguments =
  | { readonly kind: 'opening'; readonly opening: Asked }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const required = ['port', 'fleet', 'environment'] as const;
const known = [...required, 'application'] as const;

const isRequired = (name: string): boolean => required.some((each) => each === name);

const parsePort = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;

const readArguments = (args: readonly string[]): Arguments => {
  const { tokens, values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known.map((name) => [name, { type: 'string' } as const])),
    strict: false,
    tokens: true,
  });
  const given = known.map((name) => ({ name, value: values[name] }));
  const texts = Object.fromEntries(
    given.map(({ name, value }) => [name, typeof value === 'string' ? value : '']),
  );
  const port = parsePort(texts.port ?? '');
  const problems = [
    ...given
      .filter(({ name, value }) => texts[name] === '' && (isRequired(name) || value !== undefined))
      .map(({ name }) => `--${name} is missing or has no value.`),
    ...(texts.port && port === undefined
      ? [`--port ${texts.port} is not a port: give a number from 0 to 65535.`]
      : []),
    ...tokens.flatMap((token) => {
      if (token.kind === 'positional') return [`'${token.value}' is not expected.`];
      const isKnown = token.kind !== 'option' || known.some((name) => name === token.name);
      return isKnown ? [] : [`--${token.name} is not known.`];
    }),
  ];
  if (problems.length > 0 || port === undefined) return { kind: 'problems', problems };
  const { fleet = '', environment = '', application: name } = texts;
  const place = { fleet, port, speed: 4 };
  return {
    kind: 'opening',
    opening: name ? { ...place, application: { name, environment } } : { ...place, environment },
  };
};

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

const explain = (error: unknown, { fleet, port }: Asked): string => {
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: String(error) };
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop what listens there, or give another --port.`;
  if (code === 'ENOENT') return `There is no folder ${fleet}: give --fleet the path of a fleet folder.`;
  return message;
};

const serve = async (opening: Asked): Promise<void> => {
  const stopped = untilStopped();
  const open = await (opening.application ? openSandbox(opening) : openSandbox(opening));
  for (const note of open.notes) console.error(note);
  const { accountId, region } = open.sandbox.cloud;
  console.log(JSON.stringify({ endpoint: open.endpoint, region, accountId, site: open.siteUrl }));
  await stopped;
  await open.close();
};

const fail = (problems: readonly string[]): never => {
  for (const problem of problems) console.error(problem);
  process.exit(1);
};

const parsed = readArguments(process.argv.slice(2));
if (parsed.kind === 'problems') fail([...parsed.problems, usage]);
else {
  await serve(parsed.opening).catch((error: unknown) => fail([explain(error, parsed.opening)]));
  process.exit(0);
}
