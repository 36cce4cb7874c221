// The Build stage: what a CodeBuild project with Docker prints, and an image in ECR at its end. Nothing is built.
import { imageOf, repositoryOf } from './application-names.ts';
import { type Release, tagOf } from './application-releases.ts';
import type { Work } from './codepipeline/definitions.ts';
import { registryOf } from './services/ecr-store.ts';

const stepMs = 2_000;

/** Pushes `<revision>` and `latest`. */
export const buildImage =
  ({ application, ecr, service }: Release): Work =>
  async ({ log, sleep, revision, signal }) => {
    const repository = repositoryOf(application, { name: service });
    const image = imageOf(application, repository, tagOf(revision));
    const lines = [
      '[Container] Entering phase PRE_BUILD',
      `[Container] Running command aws ecr get-login-password | docker login --username AWS --password-stdin ${registryOf(application.environment)}`,
      'Login Succeeded',
      '[Container] Entering phase BUILD',
      `[Container] Running command docker build -t ${image} -f Dockerfile .`,
      `#1 [internal] load build definition from Dockerfile`,
      `#5 [builder 3/6] RUN install the dependencies of ${revision.slice(0, 7)}`,
      `#9 naming to ${image} done`,
      '[Container] Entering phase POST_BUILD',
      `[Container] Running command docker push ${image}`,
    ];
    for (const line of lines) {
      if (signal.aborted) break;
      log(line);
      await sleep(stepMs);
    }
    if (signal.aborted) return { kind: 'succeeded' };
    const tag = tagOf(revision);
    const digest = ecr.push({ repository, tags: [tag, 'latest'], contents: `${repository} ${revision}` });
    log(`${tag}: digest: ${digest} size: 3246`);
    log('[Container] Phase complete: POST_BUILD State: SUCCEEDED');
    return { kind: 'succeeded' };
  };
