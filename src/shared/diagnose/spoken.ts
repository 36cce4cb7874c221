// What a program says itself in a line of its log. A visitor chooses his request, his browser's name and the page that he
// comes from, and all of them stand in the log as he wrote them: nothing is concluded from those. Pure.
import { clip } from './clip.ts';

/** A request, as Apache and nginx write it; and what they say of a path that was asked for in vain. */
const visitors: readonly RegExp[] = [
  /"[A-Z]{1,20} (?:[^"\\]|\\.){0,4000} HTTP\/\d(?:\.\d)?" \d{3} /,
  /^\S{1,255} .{1,255}\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "/,
  /\bscript '.{0,4000}' not found or unable to stat/,
  /\bAH(?:00126|00127|00128|01630|10244): |ModSecurity: |open\(\) ".{0,4000}" failed \(2: /,
];

/** What stands behind their own words: where the visitor came from, his request, and what he had searched for. */
const asked =
  /, referer: .*$|, client: [\da-f.:]{1,45}, server: .*$|(?<=WordPress database error .{1,500}?) for query .*$/s;

/** The line without what a visitor wrote into it; nothing where the line is his. */
export const spoken = (line: string): string => {
  const text = clip(line);
  return visitors.some((pattern) => pattern.test(text)) ? '' : text.replace(asked, '');
};
