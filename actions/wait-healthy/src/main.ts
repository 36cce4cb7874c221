import { runAction } from '../../../src/shared/action.ts';
import * as waitHealthy from './wait-healthy.ts';

await runAction(waitHealthy);
