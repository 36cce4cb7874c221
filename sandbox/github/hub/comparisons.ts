// Two commits compared, as far as the repository's history is known here.
import { notFound, unknownHere } from './errors.ts';
import { paging } from './pages.ts';
import { type Route, route } from './route.ts';
import { apiUrl, pageUrl } from './state.ts';

const get = route('GET /repos/{owner}/{repo}/compare/{basehead}', {
  needs: ['contents: read'],
  query: paging,
  answer: ({ state, basehead }) => {
    const [base = '', head = '', ...more] = basehead.split('...');
    if (!base || !head || more.length) throw notFound();
    if (!state.compare) throw unknownHere('the history of this repository (HubOptions.compare)');
    const status = state.compare(base, head);
    if (!status) throw notFound();
    // Nobody counted: at least one.
    const ahead = status === 'ahead' || status === 'diverged' ? 1 : 0;
    const behind = status === 'behind' || status === 'diverged' ? 1 : 0;
    return {
      status: 200,
      data: {
        url: `${apiUrl(state)}/compare/${basehead}`,
        html_url: `${pageUrl(state)}/compare/${basehead}`,
        base_commit: { sha: base },
        status,
        ahead_by: ahead,
        behind_by: behind,
        total_commits: ahead,
      },
    };
  },
});

export const comparisonRoutes: readonly Route[] = [get];
