// GitHub's filter patterns for branches, tags and paths: * ** ? + [] and a leading ! that takes back.

/** The last pattern that matches decides. */
export const matchesPatterns = (patterns: readonly string[], name: string): boolean =>
  patterns.reduce(
    (matched, pattern) =>
      pattern.startsWith('!')
        ? matched && !expressionOf(pattern.slice(1)).test(name)
        : matched || expressionOf(pattern).test(name),
    false,
  );

const expressionOf = (pattern: string): RegExp => {
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const set = /^\[[^\]]+\]/.exec(rest)?.[0];
    if (rest.startsWith('**/')) {
      text += '(?:.*/)?';
      at += 2;
    } else if (rest.startsWith('**')) {
      text += '.*';
      at += 1;
    } else if (set) {
      text += set;
      at += set.length - 1;
    } else text += charOf(pattern[at] ?? '');
  }
  return new RegExp(`^${text}$`);
};

const charOf = (char: string): string => {
  if (char === '*') return '[^/]*';
  // Zero or one, and one or more, of what stands before.
  if (char === '?' || char === '+') return char;
  return char.replace(/[\\^$.|()[\]{}/]/, '\\$&');
};
