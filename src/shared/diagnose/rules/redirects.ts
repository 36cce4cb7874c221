// WordPress redirects to the address it believes to have: in a circle, or away from the tenant.
import { stepAfter } from '../../judge/redirects.ts';
import type { Evidence, Visit } from '../evidence.ts';
import type { Rule, Sighting } from '../rule.ts';
import { isOver } from './sight.ts';
import { redeploy } from './site-steps.ts';

const certain = { area: 'wordpress', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;

type Astray = 'loop' | 'elsewhere' | 'elsewhere by another';

/** A redirect that was followed was to a host that the manifest allows. */
const seeRedirects =
  (wanted: Astray): Rule<Evidence>['sees'] =>
  (evidence) => {
    if (evidence.kind !== 'tenant' || !isOver(evidence)) return undefined;
    for (const visit of evidence.visits) {
      const sighting = judge(visit, evidence.facts.host ?? '', wanted);
      if (sighting) return sighting;
    }
    return undefined;
  };

const judge = ({ hops, by }: Visit, host: string, wanted: Astray): Sighting | undefined => {
  if (!hops.every(({ url }) => URL.canParse(url))) return undefined;
  const redirectsTo = hops.map(({ url }) => new URL(url).hostname);
  const step = stepAfter(hops, { host, redirectsTo });
  const isLoop = step.kind === 'too-many' || (step.kind === 'again' && by === 'load-balancer');
  const kind = isLoop ? 'loop' : whoseRedirect(step.kind, hops);
  if (kind !== wanted || !('to' in step)) return undefined;
  const proof = hops.map(({ url, answer }) => ({
    from: 'http' as const,
    text:
      answer.kind === 'answer'
        ? `${url} answers ${answer.status}${answer.location === undefined ? '' : ` to ${answer.location}`}`
        : `${url}: no answer (${answer.reason})`,
  }));
  return {
    proof: proof.toReversed(),
    facts: { url: hops[0]?.url ?? '', to: step.to, target: URL.parse(step.to)?.host ?? step.to },
  };
};

/** WordPress says of each of its redirects that it is its own; a plugin's code, .htaccess or a CDN does not. */
const whoseRedirect = <K extends string>(kind: K, hops: Visit['hops']): K | 'elsewhere by another' => {
  const { answer } = hops.at(-1) ?? {};
  const isOwn = answer?.kind === 'answer' && answer.headers['x-redirect-by'] === 'WordPress';
  return kind === 'elsewhere' && !isOwn ? 'elsewhere by another' : kind;
};

export const redirectRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'wordpress-redirect-loop',
    symptoms: [
      'ERR_TOO_MANY_REDIRECTS',
      'too many redirects',
      'redirected you too many times',
      'WP_HOME',
      'WP_SITEURL',
      'X-Forwarded-Proto',
    ],
    sees: seeRedirects('loop'),
    cause:
      '{url} redirects in a circle, to {to}: WordPress believes to be asked by another protocol or host than the visitor used.',
    fix: [
      "In {manifest} (or defaults.yml for every tenant), `variables: { WORDPRESS_CONFIG_EXTRA: … }` needs these lines, the first before the others: `$_SERVER['HTTPS'] = 'on';` `define('WP_HOME', 'https://{host}');` `define('WP_SITEURL', 'https://{host}');`. TLS ends before the load balancer, so that WordPress sees HTTP and redirects to HTTPS for ever without the first.",
      'If the redirect is not of WordPress (no header `x-redirect-by: WordPress`), it is a rule of the CDN or listener that redirects HTTPS to HTTP or back: CloudFront must not redirect to a host whose origin redirects to CloudFront.',
      redeploy,
    ],
    verify:
      '`curl -sS -o /dev/null -L --max-redirs 5 -w "%{http_code} %{url_effective}" https://{host}/` prints 200.',
    link: 'https://developer.wordpress.org/advanced-administration/upgrade/migrating/',
  },
  {
    ...certain,
    id: 'wordpress-redirect-elsewhere',
    symptoms: [
      'the site redirects to another host',
      'WP_HOME',
      'WP_SITEURL',
      'siteurl',
      'x-redirect-by: WordPress',
    ],
    sees: seeRedirects('elsewhere'),
    cause:
      '{url} redirects to {target}, which is not {host}: WordPress believes that to be its address, by WP_HOME, or by home and siteurl in an imported database.',
    fix: [
      "Say its address: in {manifest} (or defaults.yml for every tenant), `variables: { WORDPRESS_CONFIG_EXTRA: … }` needs `define('WP_HOME', 'https://{host}');` and `define('WP_SITEURL', 'https://{host}');`. They outrank the database.",
      'If {target} is meant, allow it in {manifest}: `healthCheck: { redirectsTo: [{target}] }`.',
      redeploy,
    ],
    verify:
      '`curl -sS -o /dev/null -w "%{http_code} %{redirect_url}" https://{host}/` prints 200, or an address of {host}.',
    link: 'https://developer.wordpress.org/advanced-administration/upgrade/migrating/',
  },
  {
    ...certain,
    id: 'redirect-elsewhere',
    symptoms: ['redirects to another host', 'answers 301 to …', 'answers 302 to …'],
    sees: seeRedirects('elsewhere by another'),
    cause:
      '{url} redirects to {target}, which is not {host}. WordPress itself did not send it (no header `x-redirect-by: WordPress`): a plugin, code of the theme, .htaccess, or whatever stands before the site did.',
    fix: [
      'See who answers: `curl -sS -o /dev/null -D - https://{host}/` (server, via, x-powered-by), and with the input `probe: load-balancer` of wait-healthy the same around DNS and CDN.',
      'If it is the site, look for {target} in its content and its image, in .htaccess first: `grep -rn {target} /var/www/html --include=*.php --include=.htaccess` in a shell of the container.',
      'If {target} is meant, allow it in {manifest}: `healthCheck: { redirectsTo: [{target}] }`.',
    ],
    verify:
      '`curl -sS -o /dev/null -w "%{http_code} %{redirect_url}" https://{host}/` prints 200, or an address of {host}.',
  },
];
