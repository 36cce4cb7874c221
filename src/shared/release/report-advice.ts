// What to do after a release that is not through: whom to ask, what to look at, and the command that goes on. Pure.
import { cell } from '../report.ts';
import { linked } from '../rollout/words.ts';
import { jobState, type PipelineFact, type ReleaseFacts } from './report-facts.ts';

export type Unfinished = {
  readonly facts: ReleaseFacts;
  readonly runId: string;
  readonly repository: string;
  /** The run's page; empty where there is none. */
  readonly link: string;
};

/** Nothing where everything is through. */
export const adviceOf = (given: Unfinished): readonly string[] => {
  const { facts } = given;
  const lines = [...gateAdvice(facts), ...facts.pipelines.flatMap(pipelineAdvice), ...jobAdvice(facts)];
  const left = facts.pipelines.some(({ state }) => state === 'not-started');
  if (!lines.length && !left) return [];
  const said = [...new Set(lines)].slice(0, most).map((line) => `- ${line}`);
  return [...(said.length ? [said.join('\n')] : []), ...goOn(given)];
};

const most = 12;

const gateAdvice = ({ gate, pipelines }: ReleaseFacts): readonly string[] => {
  if (gate.state === 'done' || pipelines.some(({ record }) => record)) return [];
  const name = linked('the approval', gate.link);
  if (gate.state === 'failed')
    return [`Look at ${name}: GitHub shows there who rejected it and why, or what kept the run from it.`];
  return [`Nobody had decided about ${name} yet.`];
};

const pipelineAdvice = (fact: PipelineFact): readonly string[] => {
  const { state, record, release } = fact;
  const name = cell(fact.name);
  const log = linked(`${fact.name}'s job`, release?.link);
  const execution = linked(`${fact.name}'s execution`, record?.executionUrl);
  switch (state) {
    case 'failed':
      return record
        ? [
            `Correct what ${log} says of ${execution}. A re-run follows the same execution and retries its failed stage.`,
          ]
        : [`Correct what ${log} says. A re-run starts ${name}, unless an earlier attempt did.`];
    case 'rejected':
      return [
        `Settle why the approval of ${execution} was rejected; ${log} says by whom. That execution is over, and a re-run brings nothing.`,
      ];
    case 'stopped':
      return [
        `Ask who stopped ${execution}: it is over, and a re-run brings nothing. What it left half done, ${log} says.`,
      ];
    case 'superseded':
      return [
        `${execution} is over: a newer one took its place in the pipeline. See whether that one holds these changes too; a re-run brings nothing.`,
      ];
    case 'cancelled':
      return record?.end === 'cancelled'
        ? [`The definition of ${name} was changed while ${execution} ran; a re-run cannot bring it back.`]
        : [`${log} was cancelled. A re-run goes on from there.`];
    case 'timed-out':
      return [`${execution} goes on in CodePipeline. A re-run follows it to its end.`];
    case 'running':
      return [`${execution} is not over. A re-run follows it to its end.`];
    default:
      return [];
  }
};

const jobAdvice = ({ pipelines, redeploy, validate }: ReleaseFacts): readonly string[] => [
  ...pipelines.flatMap(({ name, migrate }) =>
    isOver(migrate)
      ? [
          `See ${linked(`the migration after ${name}`, migrate?.link)}. A re-run repeats the migration, not the pipeline.`,
        ]
      : [],
  ),
  ...(isOver(redeploy)
    ? [`See ${linked('the redeployment', redeploy?.link)}. A re-run repeats it, not the pipelines.`]
    : []),
  ...(isOver(validate)
    ? [`See ${linked('the validation', validate?.link)}. Everything is released; a re-run only looks again.`]
    : []),
];

const isOver = (job: ReleaseFacts['redeploy']): boolean => ['failed', 'cancelled'].includes(jobState(job));

/** An execution that is over for good would fail every re-run, and what comes after it would never begin. */
const goOn = (given: Unfinished): readonly string[] => {
  const { pipelines } = given.facts;
  const gone = pipelines.filter(
    ({ state, record }) =>
      ['superseded', 'stopped', 'rejected'].includes(state) || record?.end === 'cancelled',
  );
  if (!gone.length) return again(given);
  const left = pipelines.filter(({ state }) => state !== 'released' && state !== 'superseded');
  return left.length
    ? [
        `Start a new run for what is left, with \`pipelines: ${cell(left.map(({ name }) => name).join(','))}\`.`,
      ]
    : [];
};

const again = ({ runId, repository, link }: Unfinished): readonly string[] => [
  `Then choose **Re-run failed jobs** on ${linked("this run's page", link)}; what is through is not done again:`,
  `\`\`\`sh\ngh run rerun ${runId} --failed${repository ? ` --repo ${repository}` : ''}\n\`\`\``,
];
