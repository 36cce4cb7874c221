// Does an address of the application answer as its manifest says?
import type { ApplicationHealthCheck } from '../fleet/application.ts';
import type { HttpAnswer } from '../world.ts';
import type { Check } from './check.ts';
import { matches } from './http.ts';

export const checkAnswer = (wanted: ApplicationHealthCheck, answer: HttpAnswer): Check => {
  const { name, url, matcher, contains } = wanted;
  const check = { kind: 'http', name } as const;
  const fix = `Try it: curl -sS -o /dev/null -w '%{http_code}\\n' ${url} . What is right stands in healthChecks.${name} of the manifest.`;
  if (answer.kind === 'no-answer')
    return { ...check, state: 'pending', detail: `${url}: no answer (${answer.reason})`, fix };
  const told = `${url} answers ${answer.status}${answer.location ? ` to ${answer.location}` : ''}`;
  if (!matches(matcher, answer.status))
    return { ...check, state: 'pending', detail: `${told}, not ${matcher}`, fix };
  if (contains !== undefined && !answer.body.includes(contains))
    return { ...check, state: 'pending', detail: `${told}, but without the text "${contains}"`, fix };
  const text = contains === undefined ? '' : ` with "${contains}"`;
  return { ...check, state: 'passed', detail: `${told}${text}`, fix: '' };
};
