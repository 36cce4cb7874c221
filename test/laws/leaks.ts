// Looks for secret values in whatever was printed, stored or sent, in every form that a program might have put them in.
import type { WireRequest } from '../../sandbox/aws/protocol/wire.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import type { StepEnd } from '../../sandbox/github/step.ts';

/** Something that anybody may read, by a name that says where it was found. */
export type Place = { readonly where: string; readonly text: string };

type Form = { readonly name: string; readonly shown: string };

/** Shorter pieces of a random password meet by chance. */
const pieceLength = 12;

/** The characters of base64 that the secret alone decides when it starts at each of a triple's three bytes. */
const alignedBase64 = (secret: string): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const first = Math.ceil((shift * 8) / 6);
    return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
  });

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const percentAll = (secret: string): string =>
  [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const pieces = (secret: string): readonly string[] =>
  Array.from({ length: Math.max(secret.length - pieceLength + 1, 0) }, (_, at) =>
    secret.slice(at, at + pieceLength),
  );

const formsOf = (secret: string): readonly Form[] => [
  { name: 'raw', shown: secret },
  { name: 'JSON', shown: inJson(secret) },
  { name: 'JSON in JSON', shown: inJson(inJson(secret)) },
  { name: 'URL', shown: encodeURIComponent(secret) },
  { name: 'URL', shown: new URLSearchParams({ '': secret }).toString().slice(1) },
  ...alignedBase64(secret).flatMap((shown) => [
    { name: 'base64', shown },
    { name: 'base64', shown: shown.replaceAll('+', '-').replaceAll('/', '_') },
  ]),
  ...pieces(secret).map((shown) => ({ name: 'a piece of it', shown })),
];

/** These are found in upper and in lower case. */
const caselessForms = (secret: string): readonly Form[] => [
  { name: 'hex', shown: Buffer.from(secret).toString('hex') },
  { name: 'URL', shown: percentAll(secret) },
  { name: 'URL', shown: encodeURIComponent(secret).toLowerCase() },
];

/** `what (form) in where` for each secret that shows somewhere; values stay out of it. Secrets are named by their key. */
export const leaksIn = (
  places: readonly Place[],
  secrets: Readonly<Record<string, string>>,
): readonly string[] => {
  const wanted = Object.entries(secrets).map(([what, secret]) => {
    if (secret.length < 8) throw new Error(`${what} is too short to be looked for`);
    return { what, exact: formsOf(secret), caseless: caselessForms(secret) };
  });
  return places.flatMap(({ where, text }) => {
    const lower = text.toLowerCase();
    return wanted.flatMap(({ what, exact, caseless }) => {
      const form =
        exact.find(({ shown }) => text.includes(shown)) ??
        caseless.find(({ shown }) => lower.includes(shown));
      return form ? [`${what} (${form.name}) in ${where}`] : [];
    });
  });
};

/** One key of a secret in the sandbox, as it is now. */
export const readSecret = ({ cloud, neighbours }: Sandbox, name: string, key: string): string => {
  const arn = `arn:aws:secretsmanager:${cloud.region}:${cloud.accountId}:secret:${name}`;
  const found = neighbours.secrets.resolve(`${arn}:${key}::`);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found.value;
};

/** What a step printed past its masks, and what it left in the runner's files. */
export const placesOfStep = ({ raw, outputs, state, summary }: StepEnd): readonly Place[] => [
  { where: 'log', text: raw.join('\n') },
  ...Object.entries(outputs).map(([name, text]) => ({ where: `output ${name}`, text })),
  ...Object.entries(state).map(([name, text]) => ({ where: `state ${name}`, text })),
  { where: 'summary', text: summary },
];

/** The two calls whose purpose is to carry a secret; of them everything but the value is looked at. */
const carriers = /\.(?:CreateSecret|PutSecretValue)$/;

/** A request as it came over the wire: line, headers and body. */
export const placeOfRequest = (request: WireRequest): Place => {
  const target = request.headers['x-amz-target'] ?? '';
  const body = carriers.test(target)
    ? JSON.stringify({ ...(JSON.parse(request.body) as object), SecretString: undefined })
    : request.body;
  return {
    where: `request ${target || `${request.method} ${request.path}`}`,
    text: [request.path, request.query.toString(), JSON.stringify(request.headers), body].join('\n'),
  };
};

/** What the sandbox recorded of its calls, and what it holds that people other than the secret's owner may read. */
export const placesInSandbox = async (sandbox: Sandbox): Promise<readonly Place[]> => [
  ...sandbox.calls.map(({ operation, input }) => ({
    where: `recorded ${operation}`,
    text: JSON.stringify(input),
  })),
  { where: 'snapshot', text: JSON.stringify(sandbox.snapshot()) },
  ...sandbox.neighbours.ecs.tasks().map((task) => ({
    where: `task ${task.arn}`,
    text: JSON.stringify(task),
  })),
  ...(await logsOf(sandbox)),
];

type Page = { readonly events?: readonly { readonly message?: string }[]; readonly nextToken?: string };

const logsOf = async ({ neighbours }: Sandbox): Promise<readonly Place[]> => {
  const read = neighbours.logs.operations.FilterLogEvents as unknown as (input: object) => Page;
  const places: Place[] = [];
  for (const group of neighbours.logs.snapshot() as readonly string[]) {
    for (let nextToken: string | undefined; ; ) {
      const page = read({ logGroupName: group, ...(nextToken ? { nextToken } : {}) });
      const text = (page.events ?? []).map(({ message = '' }) => message).join('\n');
      places.push({ where: `log group ${group}`, text });
      nextToken = page.nextToken;
      if (!nextToken) break;
    }
  }
  return places;
};
