// What CloudTrail shows of a job: phase, tenant, run and attempt in the one name that STS lets a session have.

export type SessionNaming = {
  readonly phase: string;
  /** A tenant's name, or the environment's where a session is for all of them. */
  readonly subject: string;
  /** Empty outside GitHub. */
  readonly runId: string;
  readonly attempt: string;
};

/** STS allows 64 of these. */
const longest = 64;
const sanitise = (text: string): string => text.replace(/[^A-Za-z0-9_+=,.@-]/g, '-');

/** `deploy-goldencrust-17345-1`; a long subject is cut, as run and attempt are what finds the job again. */
export const sessionName = ({ phase, subject, runId, attempt }: SessionNaming): string => {
  const run = sanitise(`-${runId || 'local'}-${attempt || '1'}`).slice(0, longest / 2);
  return `${sanitise(`${phase}-${subject}`).slice(0, longest - run.length)}${run}`;
};
