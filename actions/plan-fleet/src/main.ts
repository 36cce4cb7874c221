import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-survey.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import { openGithub } from '../../../src/shared/world-github.ts';
import * as planFleet from './plan-fleet.ts';

await runAction(planFleet, { aws: { connectThrough, clients }, openGithub });
