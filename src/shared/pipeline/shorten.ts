/** At most `most` UTF-16 units, which is what AWS counts; a cut shows, and never splits a character. Pure. */
export const shorten = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
