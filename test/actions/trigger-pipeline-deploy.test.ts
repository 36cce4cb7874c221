// A Deploy stage that fails because the service's tasks do is told by what those tasks did, while ECS still knows them.
import { expect, test } from '@jest/globals';
import { Diagnosed } from '../../src/shared/errors.ts';
import { annotationsOf } from '../../src/shared/report.ts';
import { type ApplicationLab, createApplicationLab } from '../application-lab.ts';

const release = async (lab: ApplicationLab): Promise<Diagnosed> => {
  const given = { pipeline: 'hq', approval: 'approve', 'timeout-minutes': '60' };
  const error = await lab.run('trigger-pipeline', given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Diagnosed)) throw error;
  return error;
};

const idsOf = ({ cases }: Diagnosed) => cases.map(({ subject, findings }) => [subject, findings[0]?.id]);

test('a service that answers 500: its targets and its log before what the pipeline says', async () => {
  const lab = await createApplicationLab();
  lab.envelope.behave({ services: { hq: 'answers-500' } });
  const failed = await release(lab);
  expect(idsOf(failed)).toEqual([
    ['envelope hq', 'application-health-error'],
    ['envelope-prod-hq-pipeline', 'deploy-circuit-breaker'],
  ]);
  const [annotation] = annotationsOf(failed, { manifest: 'application' });
  expect(annotation?.message).toMatch(
    /^envelope hq, likely: envelope-prod-hq answers its health check with 500/,
  );
  expect(annotation?.message).toContain('re-run this job');
  expect(failed.cases[0]?.evidence.join('\n')).toMatch(/Health checks failed with these codes: \[500\]/);
});

test('an application that cannot run: the class that is missing, and never that a retry of the same would help first', async () => {
  const lab = await createApplicationLab();
  lab.envelope.behave({ services: { hq: 'crashes' } });
  const failed = await release(lab);
  expect(idsOf(failed)[0]).toEqual(['envelope hq', 'application-class-missing']);
  expect(failed.cases[0]?.findings[0]?.proof[0]?.text).toContain('AppServiceProvider');
});

test('what the role may not read of the service does not hide what the pipeline says', async () => {
  const lab = await createApplicationLab();
  lab.envelope.behave({ services: { hq: 'answers-500' } });
  for (const operation of ['ListServiceDeployments', 'DescribeServices', 'ListTasks'])
    lab.sandbox.faults.arm({ service: 'ecs', operation, count: 999, effect: { kind: 'access-denied' } });
  const failed = await release(lab);
  expect(idsOf(failed)[0]).toEqual(['envelope-prod-hq-pipeline', 'deploy-circuit-breaker']);
  expect(failed.cases.flatMap(({ evidence }) => evidence).join('\n')).toMatch(
    /could not be read.*AccessDenied/,
  );
});
