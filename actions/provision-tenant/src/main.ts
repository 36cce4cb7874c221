import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-tenants.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as provisionTenant from './provision-tenant.ts';

await runAction(provisionTenant, { aws: { connectThrough, clients } });
