// The owner's tags, within what every tagging service takes.
import * as z from 'zod';
import { anyCase, type KeyRule, mapOf } from './fields.ts';

const symbols = String.raw`\p{L}\p{Z}\p{N}_.:/=+@-`;
const letters = new RegExp(`^[${symbols}]*$`, 'u');
const kept = /AWS:|(?:ENVIRONMENT|TENANT|MANAGEDBY|DATABASE)$/;
const ours = ['Environment', 'Tenant', 'ManagedBy', 'Database'];

const refuse: KeyRule['refuse'] = (key) => {
  if (ours.some((reserved) => reserved.toLowerCase() === key.toLowerCase()))
    return { what: 'is a tag that resources get already.', fix: 'Delete it, or choose another name.' };
  if (/^aws:/i.test(key)) return { what: 'is a tag name kept by AWS.', fix: 'Choose a name without `aws:`.' };
  return key.length <= 128 && letters.test(key)
    ? undefined
    : {
        what: 'is no tag name.',
        fix: 'Use at most 128 letters, digits, spaces and _ . : / = + - @.',
      };
};

const right = 'a text of at most 256 letters, digits, spaces and _ . : / = + - @';

export const tagsSchema = mapOf(
  { refuse, pattern: `^(?!(?:${anyCase(kept)}))[${symbols}]{1,128}$` },
  z.string({ error: right }).max(256, { error: right }).regex(letters, { error: right }),
);

/** What AWS takes per resource, with ours. */
export const mostTags = 50;
export const ourTags = ours.length;
