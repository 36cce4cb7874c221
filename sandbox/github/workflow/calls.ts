// A call of a reusable workflow against what that one declares, before anything runs.
import type { Token, WorkflowFile } from './definitions.ts';
import type { UnlinkedCall } from './file.ts';
import { isMapping } from './library.ts';

/** Problems of `with` and `secrets`. Names count without their case. */
export const checkCall = (call: UnlinkedCall, called: WorkflowFile): readonly string[] => {
  const { path } = called.origin;
  if (!called.events.filters.workflow_call) return [`${path} does not start on workflow_call`];
  const inherits = call.secrets?.toString() === 'inherit';
  return [
    ...compare(keysOf(call.with), called.events.callInputs, 'Input'),
    ...(inherits ? [] : compare(keysOf(call.secrets), called.events.callSecrets, 'Secret')),
    ...(mentionsToken(call.secrets) ? ['this runner does not hand secrets.GITHUB_TOKEN to a workflow'] : []),
  ];
};

type Declared = readonly { readonly name: string; readonly required: boolean }[];

const compare = (given: readonly string[], declared: Declared, what: string): readonly string[] => {
  const names = declared.map(({ name }) => name.toLowerCase());
  const has = given.map((name) => name.toLowerCase());
  return [
    ...declared
      .filter(({ name, required }) => required && !has.includes(name.toLowerCase()))
      .map(({ name }) => `${what} ${name} is required, but not provided while calling.`),
    ...given
      .filter((name) => !names.includes(name.toLowerCase()))
      .map((name) => `Invalid ${what.toLowerCase()}, ${name} is not defined in the referenced workflow.`),
  ];
};

// A job has its token only while it runs.
const mentionsToken = (secrets: Token): boolean =>
  secrets !== undefined &&
  isMapping(secrets) &&
  [...secrets].some(({ value }) => /\bGITHUB_TOKEN\b/i.test(value.toString()));

const keysOf = (token: Token): readonly string[] =>
  token && isMapping(token) ? [...token].map(({ key }) => key.toString()) : [];
