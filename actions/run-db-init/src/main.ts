import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-tenants.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as runDbInit from './run-db-init.ts';

await runAction(runDbInit, { aws: { connectThrough, clients } });
