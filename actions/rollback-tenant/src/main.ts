import { runAction } from '../../../src/shared/action.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as rollbackTenant from './rollback-tenant.ts';

await runAction(rollbackTenant, { connectThrough });
