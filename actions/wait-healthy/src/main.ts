import { runAction } from '../../../src/shared/action.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as waitHealthy from './wait-healthy.ts';

await runAction(waitHealthy, { connectThrough });
