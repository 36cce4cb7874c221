// What a workflow file gets wrong, or asks for that this runner does not know, with the place as GitHub writes it.
import type { TemplateToken } from './library.ts';

/** The run cannot start, as GitHub's startup failure: every problem on a line of its own. */
export class WorkflowInvalid extends Error {
  override readonly name = 'WorkflowInvalid';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** One job or step cannot go on; the job fails with this message. */
export class TemplateInvalid extends Error {
  override readonly name = 'TemplateInvalid';
}

/** `deploy.yml (Line: 3, Col: 7)`. */
export const placeOf = (file: string, token: TemplateToken | undefined): string =>
  token?.range ? `${file} (Line: ${token.range.start.line}, Col: ${token.range.start.column})` : file;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
