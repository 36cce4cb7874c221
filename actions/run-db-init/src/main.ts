import { runAction } from '../../../src/shared/action.ts';
import * as runDbInit from './run-db-init.ts';

await runAction(runDbInit);
