// The runbook's aws-cli script against the actions' dists: the same work, side by side, in the same sandbox. Waiting
// is left out on both sides: the cloud's delays are divided by a thousand, the script asks again at once, and the
// actions' pauses between two looks are subtracted.
import { openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { hasMariaDb } from '../../sandbox/mariadb.ts';
import type { OpenSandbox } from '../../sandbox/open.ts';
import { type AwsCli, findAwsCli, missingForScript, runScript } from '../../test/runbook/aws-cli.ts';
import { median, pairRatios, type Row, spread, unmeasured, verdict } from './measure.ts';
import { callAction, openSit } from './steps.ts';

const pairs = 5;
const what = 'One tenant, runbook steps 1 to 4: the actions’ time to that of the aws-cli script';
const budget = '≤ 1/40';

type Side = {
  readonly ms: number;
  /** Of `ms`: between an answer and the next request, where the action slept. */
  readonly pausedMs: number;
  readonly calls: number;
};
type Pair = { readonly script: Side; readonly actions: Side };

/** Rows of the comparison; one that says what is missing where the script cannot run here. */
export const compareWithScript = async (say: (line: string) => void): Promise<readonly Row[]> => {
  const cli = findAwsCli();
  const missing = [...missingForScript(cli), ...(hasMariaDb() ? [] : ['mariadb-server-core'])];
  if (!cli || missing.length > 0)
    return [unmeasured(what, `${missing.join(', ')} not installed here`, budget)];
  // The first pair warms the disk's cache.
  const runs: Pair[] = [];
  for (let index = 0; index <= pairs; index++) {
    say(`the script and the actions, pair ${index} of ${pairs}${index === 0 ? ' (warm-up)' : ''}`);
    const pair = await runPair(cli, index % 2 === 0);
    if (index > 0) runs.push(pair);
  }
  return rowsOf(cli, runs);
};

/** Each pair in an account of its own, so that no earlier tenant's probes take time from it. */
const runPair = async (cli: AwsCli, scriptFirst: boolean): Promise<Pair> => {
  const open = await openSit(1_000);
  const watched = watch(open.sandbox);
  const door = await openHttpDoor(watched, 0);
  try {
    const sides = {
      script: () => measure(open, watched, () => up(cli, door.endpoint)),
      actions: () => measure(open, watched, () => bringUp({ ...open.env, AWS_ENDPOINT_URL: door.endpoint })),
    };
    if (!scriptFirst) {
      const actions = await sides.actions();
      return { actions, script: await sides.script() };
    }
    return { script: await sides.script(), actions: await sides.actions() };
  } finally {
    await door.close();
    await open.close();
  }
};

const up = async (cli: AwsCli, endpoint: string): Promise<void> => {
  const settings = { NO_WAIT: '1', PRIORITY: '141' };
  const { exitCode, errors } = await runScript({ cli, endpoint, tenant: 'tenant1', part: 'up', settings });
  if (exitCode !== 0) throw new Error(`The runbook's script failed: ${errors}`);
};

const bringUp = async (env: OpenSandbox['env']): Promise<void> => {
  const call = { tenant: 'goldencrust', env };
  await callAction({ ...call, action: 'provision-tenant', inputs: { steps: 'secret,access' } });
  await callAction({ ...call, action: 'run-db-init', inputs: { operation: 'init' } });
  await callAction({ ...call, action: 'provision-tenant', inputs: {} });
};

type Watched = Pick<Sandbox, 'handle'> & { readonly gaps: number[] };

/** The sandbox, with the time from each answer to the next request noted. */
const watch = ({ handle }: Pick<Sandbox, 'handle'>): Watched => {
  const gaps: number[] = [];
  let answeredAt: number | undefined;
  return {
    gaps,
    handle: async (request) => {
      if (answeredAt !== undefined) gaps.push(performance.now() - answeredAt);
      const exchange = await handle(request);
      answeredAt = performance.now();
      return exchange;
    },
  };
};

// The shortest pause of the actions is a second; between calls they compute for milliseconds. Rounded down to half
// seconds, so that no computing is taken for sleep.
const pauseOf = (gapMs: number): number => (gapMs < 1_000 ? 0 : Math.floor(gapMs / 500) * 500);

const measure = async (
  { sandbox }: OpenSandbox,
  { gaps }: Watched,
  body: () => Promise<void>,
): Promise<Side> => {
  const [calls, pauses] = [sandbox.calls.length, gaps.length + 1];
  const started = performance.now();
  await body();
  return {
    ms: performance.now() - started,
    pausedMs: gaps.slice(pauses).reduce((sum, gap) => sum + pauseOf(gap), 0),
    calls: sandbox.calls.length - calls,
  };
};

/** `1/12.0 (1/9.1 … 1/13.2)`. */
const fractions = (ratios: readonly number[]): string => {
  const of = (ratio: number): string => `1/${(1 / ratio).toFixed(1)}`;
  return `${of(median(ratios))} (${of(Math.max(...ratios))} … ${of(Math.min(...ratios))})`;
};

const rowsOf = (cli: AwsCli, runs: readonly Pair[]): readonly Row[] => {
  const seconds = (of: (pair: Pair) => number): readonly number[] => runs.map((pair) => of(pair) / 1_000);
  const script = seconds((pair) => pair.script.ms);
  const actions = seconds((pair) => pair.actions.ms - pair.actions.pausedMs);
  const withPauses = seconds((pair) => pair.actions.ms);
  const ratios = pairRatios(actions, script);
  const samples = `${runs.length} pairs`;
  const row = (title: string, measured: string): Row => ({
    what: title,
    measured,
    samples,
    budget: '',
    met: '',
  });
  const callsOf = (side: keyof Pair): readonly number[] => runs.map((pair) => pair[side].calls);
  const perCall = (side: keyof Pair, times: readonly number[]): string =>
    spread(
      times.map((time, index) => (time * 1_000) / (callsOf(side)[index] ?? 1)),
      ' ms',
    );
  return [
    { ...row(what, fractions(ratios)), budget, met: verdict(ratios, 1 / 40) },
    row(`aws-cli ${cli.version}, a process per call`, spread(script, ' s', 1)),
    row('the actions, three steps, without their pauses', spread(actions, ' s', 2)),
    row(
      'the actions with their pauses (they wait for access point and task; the script only for the task)',
      `${spread(withPauses, ' s', 2)}, ${fractions(pairRatios(withPauses, script))}`,
    ),
    row('calls: script / actions', `${spread(callsOf('script'), '')} / ${spread(callsOf('actions'), '')}`),
    row('time per call: script / actions', `${perCall('script', script)} / ${perCall('actions', actions)}`),
  ];
};
