// What tests break on purpose: a request refused, throttled, slow, cut off before or after it took effect.
import type { HubFault, HubFaultEffect, HubFaults } from './types.ts';

export type Strikes = HubFaults & {
  /** Counts a request and says what befalls it. */
  readonly strike: (route: string) => HubFaultEffect | undefined;
};

export const createFaults = (): Strikes => {
  const armed = new Map<HubFault, number>();
  return {
    arm: (fault) => {
      // A copy, so that one fault value can be armed twice.
      const own = { ...fault };
      armed.set(own, 0);
      return () => void armed.delete(own);
    },
    clear: () => armed.clear(),
    strike: (route) => {
      let effect: HubFaultEffect | undefined;
      for (const [fault, seen] of armed) {
        if ((fault.route ?? route) !== route) continue;
        armed.set(fault, seen + 1);
        const from = fault.from ?? 1;
        if (seen + 1 >= from && seen + 1 < from + (fault.count ?? 1)) effect ??= fault.effect;
      }
      return effect;
    },
  };
};
