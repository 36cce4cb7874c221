// Links into the console lead to the partition that the region is in.
import { describe, expect, test } from '@jest/globals';
import { taskPage } from '../../src/shared/command/whereabouts.ts';
import { clusterPage, consolePage } from '../../src/shared/console.ts';
import { executionUrl, pipelineUrl } from '../../src/shared/pipeline/links.ts';
import { buildPage, connectionsPage, servicePage } from '../../src/shared/pipeline/places.ts';

const hosts = [
  ['eu-west-2', 'https://eu-west-2.console.aws.amazon.com/'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
] as const;

describe.each(hosts)('in %s', (region, host) => {
  const place = {
    cluster: 'envelope-prod-cluster',
    environment: {
      name: 'prod',
      accountId: '815856636111',
      region,
      roles: {},
      github: { approval: 'prod', deployment: 'prod-envelope' },
    },
  };
  const which = { pipeline: 'envelope-prod-api-pipeline', executionId: '1-2' };

  test.each([
    ['a page', consolePage(region, '/codesuite')],
    ['a cluster', clusterPage(place, 'services')],
    ['a task', taskPage(place, 'arn:aws:ecs:x:1:task/envelope-prod-cluster/abc')],
    ['a service', servicePage(place, 'envelope-prod-api')],
    ['connections', connectionsPage(place)],
    ['a build', buildPage(place, 'envelope-api:1')],
    ['a pipeline', pipelineUrl(place, which.pipeline)],
    ['an execution', executionUrl(place, which)],
  ])('%s', (_, page) => {
    expect(page.startsWith(host)).toBe(true);
    expect(new URL(page).searchParams.get('region')).toBe(region);
  });
});
