import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-health.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as waitHealthy from './wait-healthy.ts';

await runAction(waitHealthy, { aws: { connectThrough, clients } });
