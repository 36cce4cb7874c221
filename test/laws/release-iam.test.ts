// Law 7 for releases: every call over lives that use every option is in the action's documented list, and nothing else is;
// the documented roles suffice for them, and one application's release role reaches no other's pipeline.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { ServiceName } from '../../sandbox/aws/cloud.ts';
import { type ApplicationActionName, type ApplicationLab, applicationFile } from '../application-lab.ts';
import { codeOf } from '../sandbox/refusal.ts';
import { connectIn, createReleaseLab } from './release-lab.ts';
import {
  redeployEverything,
  releaseEverything,
  releaseHq,
  runCommands,
  validateEverything,
} from './release-lives.ts';

const prefixes: Readonly<Partial<Record<ServiceName, string>>> = { elb: 'elasticloadbalancing' };

/** Passing a role and tagging at creation are conditions of other calls; nobody needs leave for those to STS. */
const notCalls = ['iam:PassRole', 'ecs:TagResource'];

type Policy = { readonly Statement: readonly { readonly Action: readonly string[] }[] };

const documented = async (file: string): Promise<readonly string[]> => {
  const { Statement } = JSON.parse(await readFile(`actions/${file}`, 'utf8')) as Policy;
  const names = new Set(Statement.flatMap(({ Action }) => Action));
  return [...names].filter((name) => !notCalls.includes(name)).sort();
};

const calledIn = ({ sandbox }: ApplicationLab, from: number): readonly string[] =>
  sandbox.calls
    .slice(from)
    .filter(({ service }) => service !== 'sts')
    .map(({ service, operation }) => `${prefixes[service] ?? service}:${operation}`);

const deniedIn = ({ sandbox }: ApplicationLab): readonly string[] =>
  sandbox.calls.flatMap(({ operation, errorCode }) =>
    errorCode && /AccessDenied|Unauthorized/.test(errorCode) ? [operation] : [],
  );

const lives: readonly (readonly [ApplicationActionName, string, (lab: ApplicationLab) => Promise<void>])[] = [
  ['trigger-pipeline', 'iam.json', releaseEverything],
  ['run-db-init', 'iam.application.json', runCommands],
  ['redeploy-services', 'iam.json', redeployEverything],
  ['wait-healthy', 'iam.application.json', validateEverything],
];

describe.each(lives)('%s', (action, file, live) => {
  test(`calls what its ${file} lists, no more and no less, and its documented role may do all of it`, async () => {
    const lab = await createReleaseLab();
    const called = new Set<string>();
    const runIn: ApplicationLab['runIn'] = async (world, other, given) => {
      const from = lab.sandbox.calls.length;
      try {
        return await lab.runIn(world, other, given);
      } finally {
        if (other === action) for (const one of calledIn(lab, from)) called.add(one);
      }
    };
    await live({ ...lab, runIn });
    expect([...called].sort()).toEqual(await documented(`${action}/${file}`));
    expect(deniedIn(lab)).toEqual([]);
  }, 120_000);
});

test('plan-fleet mode release calls nothing', async () => {
  const lab = await createReleaseLab();
  const from = lab.sandbox.calls.length;
  const { matrix: _ } = await lab.run('plan-fleet', { mode: 'release' });
  expect(lab.sandbox.calls.slice(from)).toEqual([]);
});

describe("another application's pipeline", () => {
  const others = ['billing-prod-api-pipeline', 'envelope-dev-api-pipeline'];
  const seedOthers = ({ sandbox }: ApplicationLab): void => {
    for (const other of others)
      sandbox.neighbours.codepipeline.seedPipeline({
        name: other,
        type: 'V2',
        mode: 'QUEUED',
        stages: [
          {
            name: 'Source',
            actions: [{ name: 'Source', category: 'Source', provider: 'CodeStarSourceConnection' }],
          },
          { name: 'Approval', actions: [{ name: 'Approval', category: 'Approval', provider: 'Manual' }] },
        ],
      });
  };

  test.each(others)('%s is not started by a manifest that names it', async (other) => {
    const lab = await createReleaseLab();
    seedOthers(lab);
    const text = await lab.world.files.read(applicationFile);
    lab.edit(applicationFile, text.replace('- name: hq\n', `- name: hq\n    pipeline: ${other}\n`));
    await expect(releaseHq(lab, { id: '1', given: {} })).rejects.toThrow(/not authorized|denied/i);
    expect(lab.sandbox.neighbours.codepipeline.executions(other)).toEqual([]);
  });

  test.each(others)('%s is neither read nor touched by any call with the release role', async (other) => {
    const lab = await createReleaseLab();
    seedOthers(lab);
    const role = 'arn:aws:iam::123456789012:role/envelope-prod-release';
    const connection = { region: 'eu-west-2', roleArn: role, sessionName: 'release-envelope-1-1' };
    const { codepipeline } = connectIn(lab)(connection);
    const [pipelineName, stageName, pipelineExecutionId] = [
      other,
      'Approval',
      '00000000-0000-4000-8000-000000000000',
    ];
    const result = { status: 'Approved', summary: 'mine' } as const;
    const answers = [
      codepipeline.startPipelineExecution({ name: other }),
      codepipeline.stopPipelineExecution({ pipelineName, pipelineExecutionId }),
      codepipeline.retryStageExecution({
        pipelineName,
        stageName,
        pipelineExecutionId,
        retryMode: 'FAILED_ACTIONS',
      }),
      codepipeline.rollbackStage({ pipelineName, stageName, targetPipelineExecutionId: pipelineExecutionId }),
      codepipeline.putApprovalResult({
        pipelineName,
        stageName,
        actionName: 'Approval',
        result,
        token: pipelineExecutionId,
      }),
      codepipeline.getPipeline({ name: other }),
      codepipeline.getPipelineState({ name: other }),
      codepipeline.getPipelineExecution({ pipelineName, pipelineExecutionId }),
    ];
    const codes = await Promise.all(answers.map((answer) => codeOf(answer as Promise<never>)));
    expect(codes.filter((code) => !code.startsWith('AccessDeniedException'))).toEqual([]);
    expect(lab.sandbox.neighbours.codepipeline.executions(other)).toEqual([]);
  });
});
