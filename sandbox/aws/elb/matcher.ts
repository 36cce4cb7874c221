// Which HTTP codes a health check takes for success: AWS's "200", "200,302" and "200-399".

type CodeRange = { readonly from: number; readonly to: number };

const readRange = (text: string): CodeRange | undefined => {
  const match = /^(\d{3})(?:-(\d{3}))?$/.exec(text);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 200 && to <= 499 && from <= to ? { from, to } : undefined;
};

/** Whether AWS takes the matcher: codes from 200 to 499, single, in lists and in ranges. */
export const isMatcher = (matcher: string): boolean =>
  matcher.split(',').every((part) => readRange(part) !== undefined);

export const matches = (matcher: string, status: number): boolean =>
  matcher.split(',').some((part) => {
    const range = readRange(part);
    return range !== undefined && status >= range.from && status <= range.to;
  });
