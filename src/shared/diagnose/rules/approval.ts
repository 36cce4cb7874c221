// How an approval ends that was not given.
import { about, anything, type PipelineEvidence, says } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';

const expired = says(/timed? ?out|expired|time limit|no (approval|response|answer)|within the/i);
const verify =
  'Stage {stage} of the new execution of {pipeline} is approved, and the stages after it succeed.';

const isLate = (evidence: PipelineEvidence): boolean => !evidence.isAnswered;

export const approvalRules: readonly Rule<PipelineEvidence>[] = [
  {
    id: 'approval-timed-out',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'permanent' as const,
    sure: 'certain' as const,
    symptoms: ['Approval timed out'],
    sees: (evidence: PipelineEvidence) =>
      isLate(evidence) ? (expired(evidence) ?? anything(evidence)) : undefined,
    cause: 'Nobody answered the approval of {pipeline} in time; nothing after it was deployed.',
    fix: ['Start a new run of the workflow, and answer the approval in time.'],
    verify,
  },
  {
    id: 'approval-rejected',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'permanent' as const,
    sure: 'certain' as const,
    symptoms: ['Rejected'],
    sees: (evidence: PipelineEvidence) => (isLate(evidence) ? undefined : anything(evidence)),
    cause: 'The approval of {pipeline} was rejected by {rejection}; nothing after it was deployed.',
    fix: ['Settle why with whoever rejected it, then start a new run of the workflow.'],
    verify,
  },
].map(about('approval'));
