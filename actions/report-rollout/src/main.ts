import { runAction } from '../../../src/shared/action.ts';
import { openGithub } from '../../../src/shared/world-github.ts';
import * as reportRollout from './report-rollout.ts';

await runAction(reportRollout, { openGithub });
