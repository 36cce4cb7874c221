import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-services.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as redeployServices from './redeploy-services.ts';

await runAction(redeployServices, { aws: { connectThrough, clients } });
