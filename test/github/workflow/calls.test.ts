// Reusable workflows: where they lie, what they get and give, and what of a token's rights is left to them.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JobClaims } from '../../../sandbox/github/hub/types.ts';
import { WorkflowInvalid } from '../../../sandbox/github/workflow/run.ts';
import { action, conclusions, errorsOf, type Files, jobOf, type Lab, openLab, under, write } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const problemsOf = async (files: Files | string, more = {}): Promise<readonly string[]> => {
  const error = await lab.run(files, more).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkflowInvalid)) throw new Error(`Not refused: ${String(error)}`);
  return error.problems;
};

const callee = `on:
  workflow_call:
    inputs:
      site: {type: string, required: true}
      deep: {type: boolean, default: true}
      size: {type: number}
    secrets: {KEY: {required: false}}
    outputs:
      said: {value: "\${{ jobs.inner.outputs.said }}"}
env: {TOP: called}
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: {said: "\${{ steps.s.outputs.said }}"}
    steps:
      - id: s
        run: |
          echo "said=\${{ inputs.site }}-\${{ inputs.deep }}-\${{ inputs.size }}-$TOP-\${{ secrets.KEY == 'k-1' }}" >> $GITHUB_OUTPUT
          echo "\${{ github.workflow }} \${{ job.workflow_file_path }}"
`;

test('A called workflow gets typed inputs and secrets, gives outputs, and shares no env; its jobs carry the name of the caller.', async () => {
  const end = await lab.run(
    {
      'ci.yml': `name: Caller
on: push
env: {TOP: caller}
jobs:
  first:
    strategy: {matrix: {site: [a, b]}}
    uses: ./.github/workflows/callee.yml
    with: {site: "\${{ matrix.site }}", size: 3}
    secrets: inherit
  last:
    name: the last
    needs: first
    uses: $/.github/workflows/callee.yml
    with: {SITE: "\${{ needs.first.outputs.said }}", deep: false}
    secrets: {KEY: "\${{ secrets.KEY }}"}
`,
      'callee.yml': callee,
    },
    { secrets: { KEY: 'k-1' } },
  );
  expect(conclusions(end)).toEqual({
    'first (a) / inner': 'success',
    'first (b) / inner': 'success',
    'the last / inner': 'success',
  });
  expect(jobOf(end, 'the last / inner').outputs.said).toBe('b-true-3-called-true-false-0-called-true');
  expect(jobOf(end, 'first (a) / inner').lines).toContain('Caller .github/workflows/callee.yml');
});

test('A skipped call is one entry, named as the caller; its outputs are empty.', async () => {
  const end = await lab.run({
    'ci.yml': `on: push
jobs:
  first: {if: "false", uses: ./.github/workflows/callee.yml, with: {site: a}}
  last: {needs: first, if: always(), runs-on: ubuntu-latest, steps: [{run: "echo [\${{ needs.first.result }}\${{ needs.first.outputs.said }}]"}]}
`,
    'callee.yml': callee,
  });
  expect(conclusions(end)).toEqual({ first: 'skipped', last: 'success' });
  expect(jobOf(end, 'last').lines).toContain('[skipped]');
});

test('Everything wrong with a call is said at once, before anything runs.', async () => {
  const problems = await problemsOf({
    'ci.yml': `on: push
jobs:
  a: {uses: ./.github/workflows/callee.yml, with: {other: 1}, secrets: {NONE: x}}
  b: {uses: ./.github/workflows/none.yml}
  c: {uses: ./.github/workflows/push.yml}
  d: {uses: someone/else/.github/workflows/x.yml@v1}
  e: {uses: ./elsewhere/x.yml}
`,
    'callee.yml': callee,
    'push.yml': 'on: push\njobs: {a: {runs-on: x, steps: [{run: "true"}]}}',
  });
  expect(problems).toEqual([
    '.github/workflows/ci.yml (Line: 3, Col: 13): Input site is required, but not provided while calling.',
    '.github/workflows/ci.yml (Line: 3, Col: 13): Invalid input, other is not defined in the referenced workflow.',
    '.github/workflows/ci.yml (Line: 3, Col: 13): Invalid secret, NONE is not defined in the referenced workflow.',
    'hosting/fleet has no .github/workflows/none.yml',
    '.github/workflows/ci.yml (Line: 5, Col: 13): .github/workflows/push.yml does not start on workflow_call',
    expect.stringContaining('no folder stands for the repository someone/else'),
    expect.stringContaining("'./elsewhere/x.yml' is no workflow"),
  ]);
});

test('An input of the wrong type fails the call and names it.', async () => {
  const end = await lab.run({
    'ci.yml': `on: push\njobs: {a: {uses: ./.github/workflows/callee.yml, with: {site: a, deep: "\${{ 'true' }}"}}}`,
    'callee.yml': callee,
  });
  expect(errorsOf(jobOf(end, 'a'))).toEqual([
    expect.stringContaining("Unexpected value 'true' for the input deep of type boolean"),
  ]);
});

test('Ten levels are called, eleven are refused.', async () => {
  const chain = (length: number): Files =>
    Object.fromEntries(
      Array.from({ length }, (_, n) => [
        n === 0 ? 'ci.yml' : `w${n}.yml`,
        n === length - 1
          ? 'on: workflow_call\njobs: {end: {runs-on: x, steps: [{run: "true"}]}}'
          : `on: [push, workflow_call]\njobs: {n: {uses: ./.github/workflows/w${n + 1}.yml}}`,
      ]),
    );
  expect(Object.keys(conclusions(await lab.run(chain(10))))).toEqual([`${'n / '.repeat(9)}end`]);
  expect(await problemsOf(chain(11))).toEqual([expect.stringContaining('nested 10 levels deep')]);
});

describe('Another repository', () => {
  const library = async (): Promise<string> => {
    const folder = join(lab.folder, 'library');
    await write(folder, {
      'outer.yml': `on: workflow_call
jobs: {again: {uses: ./.github/workflows/tenant.yml, permissions: {id-token: write, contents: read}}}`,
      'tenant.yml': `on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: sit
    steps:
      - uses: $/actions/hello
      - run: echo "\${{ job.workflow_repository }} \${{ job.workflow_file_path }} \${{ github.repository }}"
`,
      ...under('actions/hello', action(`console.log('from the library')`)),
    });
    return folder;
  };

  test('lends its workflows and actions at any ref; tokens say whose file it is.', async () => {
    const claims: JobClaims[] = [];
    const hub = {
      ...lab.hub,
      issueIdToken: (given: JobClaims) => {
        claims.push(given);
        return lab.hub.issueIdToken(given);
      },
    };
    const end = await lab.run(
      `on: push
jobs:
  go:
    permissions: {id-token: write, contents: read}
    uses: your-org/tenant-actions/.github/workflows/outer.yml@v1
`,
      {
        hub,
        repositories: { 'your-org/tenant-actions': await library() },
        environments: { sit: { protected: false } },
      },
    );
    expect(jobOf(end, 'go / again / deploy').lines).toEqual(
      expect.arrayContaining([
        'from the library',
        'your-org/tenant-actions .github/workflows/tenant.yml hosting/fleet',
      ]),
    );
    expect(claims).toEqual([
      expect.objectContaining({
        sub: 'repo:hosting@41/fleet@42:environment:sit',
        repository: 'hosting/fleet',
        environment: 'sit',
        job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml@refs/tags/v1',
        workflow_ref: 'hosting/fleet/.github/workflows/ci.yml@refs/heads/main',
        event_name: 'push',
        run_attempt: '1',
      }),
    ]);
  });

  test('gets no more rights than its caller has.', async () => {
    const problems = await problemsOf(
      `on: push\njobs: {go: {permissions: {contents: read}, uses: your-org/tenant-actions/.github/workflows/outer.yml@main}}`,
      { repositories: { 'your-org/tenant-actions': await library() } },
    );
    expect(problems).toEqual([
      expect.stringMatching(
        /outer\.yml \(Line: 2, Col: 15\): The nested job 'again' is requesting 'id-token: write', but is only allowed 'id-token: none'/,
      ),
    ]);
  });
});

describe('Rights of a token', () => {
  const granted = async (text: string, more = {}) => {
    const seen: unknown[] = [];
    const hub = {
      ...lab.hub,
      issueToken: (permissions: Parameters<typeof lab.hub.issueToken>[0]) => {
        seen.push(permissions);
        return lab.hub.issueToken(permissions);
      },
    };
    const end = await lab.run(text, { hub, ...more });
    return { seen, lines: end.jobs.flatMap(({ lines }) => lines) };
  };
  const one = (top: string, own: string): string =>
    `on: [push, pull_request]\n${top}\njobs: {a: {${own} runs-on: x, steps: [{run: "echo [\${ACTIONS_ID_TOKEN_REQUEST_URL:+oidc}]"}]}}`;

  test('come from the job, else the file, else the default; the OIDC variables need id-token.', async () => {
    expect((await granted(one('', ''))).seen).toEqual([
      { metadata: 'read', contents: 'read', packages: 'read' },
    ]);
    expect((await granted(one('permissions: {}', ''))).seen).toEqual([{ metadata: 'read' }]);
    const job = await granted(one('permissions: {contents: write}', 'permissions: {id-token: write},'));
    expect(job.seen).toEqual([{ metadata: 'read', 'id-token': 'write' }]);
    expect(job.lines).toContain('[oidc]');
    expect((await granted(one('permissions: {contents: write}', ''))).lines).toContain('[]');
  });

  test('of a pull request from a fork let it read only.', async () => {
    const fork = {
      event: {
        name: 'pull_request',
        payload: {
          action: 'opened',
          pull_request: { number: 1, head: { repo: { full_name: 'else/fleet' } } },
        },
      },
    };
    const { seen, lines } = await granted(one('', 'permissions: {id-token: write, issues: write},'), fork);
    expect(seen).toEqual([{ metadata: 'read', 'id-token': 'none', issues: 'read' }]);
    expect(lines).toContain('[]');
  });
});
