// Does the site answer as a visitor sees it?

import type { Verdict } from '../wait.ts';
import type { HttpAnswer } from '../world.ts';

/** `matcher` as in a target group: "200-399" or "200,302". */
export const judgeHttp = (
  answer: HttpAnswer,
  { url, matcher }: { readonly url: string; readonly matcher: string },
): Verdict => {
  if (answer.kind === 'no-answer') return { kind: 'pending', why: `${url}: no answer (${answer.reason})` };
  if (matches(matcher, answer.status)) return { kind: 'ready', value: undefined };
  if (answer.status === 401)
    return {
      kind: 'failed',
      what: `${url} answers 401: the site asks for Basic Auth, and what was sent was not accepted.`,
      fix: 'Set basicAuthSecret in the environment manifest to a secret with {"username", "password"}, or correct its value.',
    };
  return {
    kind: 'pending',
    why: `${url} answers ${answer.status}${answer.location ? ` to ${answer.location}` : ''}`,
  };
};

export const matches = (matcher: string, status: number): boolean =>
  matcher.split(',').some((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });
