import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Annotation } from '../../../sandbox/github/hub/types.ts';
import { aJob, aRun, type Given, openGiven, repo, sha, start } from './given.ts';

let given: Given;
afterEach(() => given.hub.close());

const annotation: Annotation = {
  level: 'failure',
  message: 'goldencrust is not healthy',
  title: 'wait-healthy',
  path: '.github',
  line: 1,
};

describe('jobs', () => {
  test('every page of jobs is found, one job a page', async () => {
    given = await openGiven({ pageSize: 1 });
    const { hub, github } = given;
    hub.saveRun(aRun());
    for (const id of [501, 502, 503]) hub.saveJob(aJob({ id, name: `job ${id}` }));
    const query = { ...repo, run_id: 71, per_page: 100 };
    const jobs = await github.paginate(github.rest.actions.listJobsForWorkflowRun, query);
    expect(jobs.map(({ name }) => name)).toEqual(['job 501', 'job 502', 'job 503']);
    expect(hub.requests).toHaveLength(3);
  });

  test('a job is shown as it was saved last, with steps and times', async () => {
    given = await openGiven();
    const { hub, github } = given;
    hub.saveRun(aRun());
    hub.saveJob(aJob({ status: 'queued', startedAt: undefined }));
    const steps = [{ number: 1, name: 'admit', status: 'completed', conclusion: 'success' }] as const;
    hub.saveJob(aJob({ status: 'completed', conclusion: 'failure', completedAt: start + 90_000, steps }));
    const { data } = await github.rest.actions.listJobsForWorkflowRun({ ...repo, run_id: 71 });
    expect(data.total_count).toBe(1);
    expect(data.jobs[0]).toMatchObject({
      name: 'wave 1 / chunk 1 / goldencrust / deploy to sit',
      status: 'completed',
      conclusion: 'failure',
      started_at: '2026-11-22T04:00:00Z',
      completed_at: '2026-11-22T04:01:30Z',
      head_sha: sha,
      html_url: `${hub.url}/your-org/wp-sit/actions/runs/71/job/501`,
      steps,
    });
  });

  test('`latest` shows the last attempt, `all` every one, an attempt its own', async () => {
    given = await openGiven();
    const { hub, github } = given;
    hub.saveRun(aRun({ attempt: 2 }));
    hub.saveJob(aJob({ id: 501, attempt: 1 }));
    hub.saveJob(aJob({ id: 502, attempt: 2 }));
    const run = { ...repo, run_id: 71 };
    const { listJobsForWorkflowRun, listJobsForWorkflowRunAttempt } = github.rest.actions;
    const ids = ({ data }: Awaited<ReturnType<typeof listJobsForWorkflowRun>>) =>
      data.jobs.map(({ id }) => id);
    expect(ids(await listJobsForWorkflowRun(run))).toEqual([502]);
    expect(ids(await listJobsForWorkflowRun({ ...run, filter: 'all' }))).toEqual([501, 502]);
    expect(ids(await listJobsForWorkflowRunAttempt({ ...run, attempt_number: 1 }))).toEqual([501]);
    const third = listJobsForWorkflowRunAttempt({ ...run, attempt_number: 3 });
    await expect(third).rejects.toMatchObject({ status: 404 });
  });

  test("a job's check run gives its annotations", async () => {
    given = await openGiven({ pageSize: 1 });
    const { hub, github } = given;
    hub.saveRun(aRun());
    hub.saveJob(aJob({ annotations: [annotation, { ...annotation, message: 'second' }] }));
    const { data: job } = await github.rest.actions.getJobForWorkflowRun({ ...repo, job_id: 501 });
    const check_run_id = Number(job.check_run_url.split('/').pop());
    const query = { ...repo, check_run_id };
    const found = await github.paginate(github.rest.checks.listAnnotations, query);
    expect(found.map(({ annotation_level, message }) => [annotation_level, message])).toEqual([
      ['failure', 'goldencrust is not healthy'],
      ['failure', 'second'],
    ]);
    const { data: check } = await github.rest.checks.get(query);
    expect(check.output.annotations_count).toBe(2);
  });

  test('a run says which attempt it is in', async () => {
    given = await openGiven();
    given.hub.saveRun(aRun({ attempt: 2 }));
    const { data } = await given.github.rest.actions.getWorkflowRun({ ...repo, run_id: 71 });
    expect(data).toMatchObject({ run_attempt: 2, head_sha: sha, status: 'in_progress', conclusion: null });
  });
});

describe('artifacts', () => {
  const record = { runId: 71, name: 'rollout', files: new Map([['rollout.json', Buffer.from('{"a":1}')]]) };

  test('a name is taken once per attempt, unless overwritten', async () => {
    given = await openGiven();
    const { hub } = given;
    hub.saveRun(aRun());
    const first = hub.artifacts.upload(record, false);
    expect(() => hub.artifacts.upload(record, false)).toThrow('(409) Conflict');
    const second = hub.artifacts.upload(record, true);
    expect(hub.artifacts.list(71).map(({ id }) => id)).toEqual([second.id]);
    hub.saveRun(aRun({ attempt: 2 }));
    hub.artifacts.upload(record, false);
    expect(hub.artifacts.list(71)).toHaveLength(2);
    expect(second.id).not.toBe(first.id);
  });

  test.each(['a:b', 'a/b', 'a\\b', 'a*', 'a?', 'a"', 'a|b', 'a\nb', ''])('%j is no name', async (name) => {
    given = await openGiven();
    given.hub.saveRun(aRun());
    expect(() => given.hub.artifacts.upload({ ...record, name }, false)).toThrow('not valid');
  });

  test('are found by name and downloaded as a zip', async () => {
    given = await openGiven();
    const { hub, github } = given;
    hub.saveRun(aRun());
    hub.artifacts.upload({ ...record, name: 'other' }, false);
    const files = new Map([...record.files, ['waves/ü.md', Buffer.from('# 1\n')]]);
    hub.artifacts.upload({ ...record, files }, false);
    const query = { ...repo, run_id: 71, name: 'rollout' };
    const { data } = await github.rest.actions.listWorkflowRunArtifacts(query);
    expect(data.artifacts.map(({ name }) => name)).toEqual(['rollout']);
    const artifact_id = data.artifacts[0]?.id ?? 0;
    const zip = await github.rest.actions.downloadArtifact({ ...repo, artifact_id, archive_format: 'zip' });
    expect(unzip(Buffer.from(zip.data as ArrayBuffer))).toEqual({
      'rollout.json': '{"a":1}',
      'waves/ü.md': '# 1\n',
    });
  });
});

/** Reads as unzip does: the end record leads to the directory, the directory to the files. */
const unzip = (zip: Buffer): Readonly<Record<string, string>> => {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const files: Record<string, string> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const size = zip.readUInt32LE(at + 24);
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    expect(zip.readUInt32LE(local)).toBe(0x04034b50);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(data, data + size);
    expect(zip.readUInt32LE(at + 16)).toBe(crc32(content));
    files[zip.toString('utf8', at + 46, nameEnd)] = content.toString('utf8');
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  expect(at).toBe(end);
  return files;
};
