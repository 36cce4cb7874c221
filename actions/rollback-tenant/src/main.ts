import { runAction } from '../../../src/shared/action.ts';
import * as rollbackTenant from './rollback-tenant.ts';

await runAction(rollbackTenant);
