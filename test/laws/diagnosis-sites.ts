// Tasks that run and do not serve the site: each with the rule that a person must read first.
import { secretName, service, taskGroup } from '../sandbox/harsh-kit.ts';
import { closed } from './diagnosis-arrange.ts';
import type { Part, Scenario } from './diagnosis-kit.ts';

const cluster = 'sit-cluster';
const group = 'sit-goldencrust-tg';

export const databases: readonly Scenario[] = [
  {
    rule: 'database-access-denied',
    story: 'another password in the database',
    arrange: ({ lab }) => lab.database.setPassword('goldencrust_user', 'made-up-and-other'),
  },
  {
    rule: 'database-missing',
    story: 'a dropped database',
    arrange: ({ lab }) => lab.database.dropDatabase('goldencrust_db'),
  },
  {
    rule: 'database-no-grant',
    story: 'a revoked grant',
    arrange: ({ lab }) => lab.database.revoke('goldencrust_user'),
  },
  {
    rule: 'database-too-many-connections',
    story: 'a server without a connection left',
    arrange: ({ lab }) => lab.database.setFull(true),
  },
  {
    rule: 'database-host-unknown',
    story: 'a database host with a typing error',
    environment: (text) => text.replace('sit-mysql.cn6', 'sit-mysqk.cn6'),
  },
  {
    rule: 'database-unreachable',
    story: 'a database port with a typing error, which its group does not let in',
    environment: (text) => text.replace('  masterSecret', '  port: 3307\n  masterSecret'),
  },
  {
    rule: 'database-unreachable',
    story: 'a database behind a closed group',
    arrange: closed('sit-database'),
  },
  {
    rule: 'database-password-outdated',
    story: 'a password that somebody changed while it was healthy',
    since: 'later',
    arrange: async ({ lab, clients: { secrets } }) => {
      lab.database.setPassword('goldencrust_user', 'made-up-and-other');
      const { SecretString = '' } = await secrets.getSecretValue({ SecretId: secretName });
      await secrets.putSecretValue({
        SecretId: secretName,
        SecretString: JSON.stringify({ ...JSON.parse(SecretString), password: 'made-up-and-other' }),
      });
    },
    given: { 'timeout-minutes': '1' },
  },
];

export const pages: readonly Scenario[] = [
  { rule: 'php-fatal-plugin', story: 'a plugin that calls what does not exist', tag: 'php-fatal' },
  { rule: 'php-fatal-plugin', story: 'a plugin that cannot be parsed', tag: 'php-parse' },
  { rule: 'php-memory-exhausted', story: 'a plugin that eats memory', tag: 'php-memory' },
  { rule: 'wordpress-critical-error', story: 'a critical error that nobody logged', tag: 'boom-500' },
  { rule: 'apache-htaccess', story: 'a broken .htaccess', tag: 'broken-htaccess' },
  { rule: 'files-empty-docroot', story: 'a volume over the document root', tag: 'empty-docroot' },
  { rule: 'health-check-basic-auth', story: 'Basic Auth in the site', tag: 'basic-auth' },
  { rule: 'wordpress-not-found', story: 'an image that serves nothing at /', tag: 'no-page' },
  { rule: 'wordpress-redirect-loop', story: 'a redirect in a circle', tag: 'loop' },
  { rule: 'wordpress-redirect-elsewhere', story: 'a redirect to another host', tag: 'elsewhere' },
  {
    rule: 'wordpress-redirect-elsewhere',
    story: 'a WP_HOME of another environment',
    lines:
      "variables:\n  WORDPRESS_CONFIG_EXTRA: define('WP_HOME', 'https://goldencrust.wpdev.kimmyai.io');\n",
  },
  {
    rule: 'health-check-redirect',
    story: 'a matcher that takes no redirect',
    lines: 'healthCheck:\n  matcher: "200"\n',
  },
];

const ruleOf = async ({ clients: { elb } }: Part) => {
  const { TargetGroups = [] } = await elb.describeTargetGroups({ Names: [group] });
  const [{ TargetGroupArn, LoadBalancerArns = [] } = {}] = TargetGroups;
  const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn: LoadBalancerArns[0] });
  const ListenerArn = Listeners[0]?.ListenerArn;
  const { Rules = [] } = await elb.describeRules({ ListenerArn });
  const own = Rules.find(({ Actions }) =>
    Actions?.some((action) => action.TargetGroupArn === TargetGroupArn),
  );
  return { RuleArn: own?.RuleArn, ListenerArn, TargetGroupArn };
};

export const routes: readonly Scenario[] = [
  { rule: 'target-security-group', story: 'tasks behind a closed group', arrange: closed(taskGroup) },
  { rule: 'target-refused', story: 'a container that never listens', tag: 'never-listens' },
  { rule: 'target-refused', story: 'a container that listens on 8080', tag: 'listens-8080' },
  { rule: 'target-timeout', story: 'a container that never answers', tag: 'never' },
  {
    rule: 'target-group-without-rule',
    story: 'a listener rule that somebody deleted',
    since: 'later',
    arrange: async (part) => {
      const { RuleArn } = await ruleOf(part);
      await part.clients.elb.deleteRule({ RuleArn });
      await part.lab.clock.sleep(60_000);
    },
  },
  {
    rule: 'listener-rule-shadowed',
    story: 'a wildcard rule before the tenant’s',
    since: 'later',
    arrange: async (part) => {
      const { ListenerArn } = await ruleOf(part);
      await part.clients.elb.createRule({
        ListenerArn,
        Priority: 1,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['*.wpsit.kimmyai.io'] } }],
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }],
      });
    },
  },
  {
    rule: 'listener-rule-other-host',
    story: 'a rule for another host',
    since: 'later',
    arrange: async (part) => {
      const { RuleArn } = await ruleOf(part);
      await part.clients.elb.modifyRule({
        RuleArn,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['goldencrst.wpsit.kimmyai.io'] } }],
      });
    },
  },
  {
    rule: 'dns-unknown-host',
    story: 'a host without a DNS record',
    http: { kind: 'no-answer', reason: 'ENOTFOUND' },
  },
  {
    rule: 'tls-other-name',
    story: 'a certificate for another host',
    http: { kind: 'no-answer', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  },
  {
    rule: 'front-door-login-refused',
    story: 'a front door that refuses the login',
    http: {
      kind: 'answer',
      status: 401,
      location: undefined,
      headers: { 'www-authenticate': 'Basic realm="SIT"', server: 'CloudFront' },
      body: '<h1>401 Unauthorized</h1>',
    },
  },
];

export const deployments: readonly Scenario[] = [
  {
    rule: 'scaled-to-zero',
    story: 'a service that somebody set to 0',
    since: 'later',
    arrange: ({ clients: { ecs } }) => ecs.updateService({ cluster, service, desiredCount: 0 }),
  },
  {
    rule: 'task-stopped-by-hand',
    story: 'a task that somebody stops whenever it runs',
    arrange: ({ lab, neighbours, clients: { ecs } }) => {
      const stop = async (): Promise<void> => {
        for (const { id, lastStatus } of neighbours.ecs.tasks())
          if (lastStatus === 'RUNNING') await ecs.stopTask({ cluster, task: id, reason: 'made up' });
      };
      for (let at = 0; at < 180_000; at += 10_000) lab.sandbox.cloud.clock.after(at, stop);
    },
    given: { 'timeout-minutes': '3' },
  },
];
