// Values that a job's log never shows, each replaced by ***.

export type Masks = {
  /** A value of several lines is masked as a whole and line by line. */
  readonly add: (value: string) => void;
  readonly hide: (text: string) => string;
  /** Whether the text holds a masked value. */
  readonly holds: (text: string) => boolean;
};

export const createMasks = (values: readonly string[] = []): Masks => {
  const hidden = new Set<string>();
  const add = (value: string): void => {
    for (const part of [value, ...value.split(/[\r\n]+/)]) if (part.trim()) hidden.add(part);
  };
  for (const value of values) add(value);
  // The longest first, so that no rest of a value that begins like another one stays.
  const sorted = (): readonly string[] => [...hidden].sort((a, b) => b.length - a.length);
  return {
    add,
    hide: (text) => sorted().reduce((shown, value) => shown.replaceAll(value, '***'), text),
    holds: (text) => [...hidden].some((value) => text.includes(value)),
  };
};
