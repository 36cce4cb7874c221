import { runAction } from '../../../src/shared/action.ts';
import * as provisionTenant from './provision-tenant.ts';

await runAction(provisionTenant);
