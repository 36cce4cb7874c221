// A visit that got no answer at all: Node's code says where it ended.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { isOver, lastHops, listenerOf } from './sight.ts';

/** Once it is over: the last visit got no answer for that reason. */
export const unanswered =
  (pattern: RegExp): Rule<Evidence>['sees'] =>
  (evidence) => {
    if (!isOver(evidence)) return undefined;
    for (const { hop } of lastHops(evidence))
      if (hop.answer.kind === 'no-answer' && pattern.test(hop.answer.reason)) {
        const { reason } = hop.answer;
        const { host: address = '', protocol = '' } = URL.parse(hop.url) ?? {};
        return {
          proof: [{ from: 'http', text: `${hop.url}: no answer (${reason})` }],
          facts: {
            ...listenerOf(evidence),
            url: hop.url,
            address,
            scheme: protocol.replace(':', ''),
          },
        };
      }
    return undefined;
  };
