import { runAction } from '../../../src/shared/action.ts';
import { clients } from '../../../src/shared/aws/reach-pipelines.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import * as triggerPipeline from './trigger-pipeline.ts';

await runAction(triggerPipeline, { aws: { connectThrough, clients } });
