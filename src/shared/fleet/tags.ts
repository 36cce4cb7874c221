// The owner's tags, within what every tagging service takes.
import * as z from 'zod';
import { mapOf, type RefuseKey } from './fields.ts';

const letters = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
const ours = ['Environment', 'Tenant', 'ManagedBy'];

const refuseKey: RefuseKey = (key) => {
  if (ours.some((reserved) => reserved.toLowerCase() === key.toLowerCase()))
    return { what: 'is a tag that every resource gets already.', fix: 'Delete it, or choose another name.' };
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
  refuseKey,
  z.string({ error: right }).max(256, { error: right }).regex(letters, { error: right }),
);

/** What AWS takes per resource, with the three of ours. */
export const mostTags = 50;
export const ourTags = ours.length;
