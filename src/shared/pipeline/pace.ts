// How long to wait before the next look. CodePipeline publishes no rate limits, and all jobs of an account share them.

export type Pace = {
  /** Looks since the start, or since something was done. */
  readonly looks: number;
  readonly followedMs: number;
  /** An approval waits: hours, not seconds. */
  readonly waitsForSomebody: boolean;
};

const patientAfterMs = 10 * 60_000;

/** Milliseconds: soon at first, then 10 to 15 s, and 30 to 60 s once it takes long. `random` in [0, 1). */
export const pauseBefore = ({ looks, followedMs, waitsForSomebody }: Pace, random: number): number => {
  const steady =
    waitsForSomebody || followedMs >= patientAfterMs ? 30_000 + random * 30_000 : 10_000 + random * 5_000;
  return Math.min(1_000 * 1.5 ** looks, steady);
};
