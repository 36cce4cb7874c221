// Every recorded call of a scenario against AWS's models.
import type { SandboxCall } from '../../sandbox/aws/protocol/dispatch.ts';
import { checkAgainstModel, type Models } from './model.ts';

/** Problems of all answered calls: their requests and their answers. */
export const checkCalls = (models: Models, calls: readonly SandboxCall[]): readonly string[] =>
  calls
    .filter(({ outcome }) => outcome !== 'refused')
    .flatMap(({ service, operation, input, output }) => [
      ...checkAgainstModel(models, { service, operation, part: 'input' }, input),
      ...(output ? checkAgainstModel(models, { service, operation, part: 'output' }, output) : []),
    ]);
