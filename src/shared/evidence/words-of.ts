// A page's words without its markup, in one pass: a page may be hostile, and a pattern over all of it could take for ever.

const silent = ['script', 'style', 'svg', 'template'] as const;
type Silence = (typeof silent)[number] | 'comment';

/** Text of an HTML page (or plain text) with scripts, styles, comments and tags left out, blanks drawn together. */
export const wordsOf = (page: string): string => {
  const [start = '', ...pieces] = page.split('<');
  const words: string[] = [start];
  let silence: Silence | undefined;
  for (const piece of pieces) {
    if (silence) {
      if (!ends(piece, silence)) continue;
      words.push(silence === 'comment' ? after(piece, '-->') : after(piece, '>'));
      silence = undefined;
      continue;
    }
    silence = begins(piece);
    if (silence === 'comment' && piece.includes('-->')) {
      words.push(after(piece, '-->'));
      silence = undefined;
    } else if (!silence) words.push(isTag(piece) ? after(piece, '>') : `<${piece}`);
  }
  return readable(words.join(' '));
};

const isTag = (piece: string): boolean => /^[a-z/!?]/i.test(piece);

const begins = (piece: string): Silence | undefined => {
  if (piece.startsWith('!--')) return 'comment';
  const name = /^[a-z]+/i.exec(piece)?.[0].toLowerCase();
  return silent.find((one) => one === name);
};

const ends = (piece: string, silence: Silence): boolean =>
  silence === 'comment'
    ? piece.includes('-->')
    : piece.slice(0, silence.length + 1).toLowerCase() === `/${silence}`;

const after = (piece: string, mark: string): string => {
  const at = piece.indexOf(mark);
  return at < 0 ? '' : piece.slice(at + mark.length);
};

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#039;': "'",
  '&#39;': "'",
  '&#8217;': '’',
  '&nbsp;': ' ',
  '&amp;': '&',
};

const readable = (text: string): string =>
  text
    .replace(/&(?:lt|gt|quot|nbsp|amp|#0?39|#8217);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
