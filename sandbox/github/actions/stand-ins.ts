// Third-party actions that our workflows use, in the little that they use of them. A stand-in refuses what it does not
// know: its inputs are all it takes.
import { amazonEcrLogin } from './amazon-ecr-login.ts';
import { buildPush } from './build-push.ts';
import { checkout } from './checkout.ts';
import { configureAwsCredentials } from './configure-aws-credentials.ts';
import { downloadArtifact } from './download-artifact.ts';
import { setupBuildx } from './setup-buildx.ts';
import { setupNode } from './setup-node.ts';
import type { StandIn } from './stand-in.ts';
import { uploadArtifact } from './upload-artifact.ts';

export const standIns: Readonly<Record<string, StandIn>> = {
  'actions/checkout': checkout,
  'actions/download-artifact': downloadArtifact,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'aws-actions/amazon-ecr-login': amazonEcrLogin,
  'aws-actions/configure-aws-credentials': configureAwsCredentials,
  'docker/build-push-action': buildPush,
  'docker/setup-buildx-action': setupBuildx,
};
