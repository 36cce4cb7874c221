import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-tenants.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as rollbackTenant from './rollback-tenant.ts';

await runAction(rollbackTenant, { aws: { connectThrough, clients } });
