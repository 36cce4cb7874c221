// What leaves a tenant's provisioning pending though every service is healthy: services that share an image do not run the
// same one, or one of them was not told what the others were.
import type { Rule, Sighting } from '../rule.ts';
import type { ServiceSettings, SettingsEvidence } from '../settings-evidence.ts';

const repositoryOf = ({ image }: ServiceSettings): string =>
  image.replace(/(?::[^:/]*)?(?:@sha256:.*)?$/, '');

/** The first service of the manifest of each image leads: what it runs was released last. */
const followers = ({
  services,
}: SettingsEvidence): readonly (readonly [ServiceSettings, ServiceSettings])[] =>
  services.flatMap((one) => {
    const leader = services.find((other) => repositoryOf(other) === repositoryOf(one));
    return leader && leader !== one ? [[leader, one] as const] : [];
  });

/** What a job or a request needs, whichever of the services it runs in. */
const shared = ['QUEUE_CONNECTION', 'AWS_EVENTBRIDGE_BUS', 'PROVISIONER_CALLBACK_TOKEN'];

const redeploy =
  'Run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`; then repeat what failed: run-db-init with `operation: command`, `service: {name}`, `command: php artisan queue:retry all`.';
const verify =
  'wait-healthy with `application: {application}`, `environment: {environment}` warns of it no more.';

export const applicationSettingsRules: readonly Rule<SettingsEvidence>[] = [
  {
    id: 'application-worker-outdated',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'Tenant shows "pending" status for Database, Migration or Seeds',
      'the worker runs an older task definition than the api',
    ],
    sees: (evidence): Sighting | undefined => {
      const [pair] = followers(evidence).filter(([leader, one]) => leader.image !== one.image);
      if (!pair) return undefined;
      const [leader, one] = pair;
      return {
        proof: [leader, one].map(({ revision, image }) => ({
          from: 'task definition',
          text: `${revision} runs ${image}`,
        })),
        facts: {
          name: one.name,
          leader: leader.name,
          image: one.image,
          newer: leader.image,
          revision: one.revision,
        },
      };
    },
    cause: '{name} runs {image} and {leader} runs {newer}: jobs that {leader} gives to it may stay pending.',
    fix: [
      'Give {name} the same image in its task definition (the guide: `terraform apply`), now {revision}.',
      redeploy,
    ],
    verify,
  },
  {
    id: 'application-variable-missing',
    area: 'application',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'Tenant shows "pending" status',
      'QUEUE_CONNECTION=redis is not set',
      'AWS_EVENTBRIDGE_BUS is not in the worker task definition',
    ],
    sees: (evidence): Sighting | undefined => {
      for (const [leader, one] of followers(evidence))
        for (const variable of shared) {
          const has = variable in leader.variables;
          if (has === variable in one.variables && leader.variables[variable] === one.variables[variable])
            continue;
          const [lacking, other] = has ? [one, leader] : [leader, one];
          const said = ({ revision, variables }: ServiceSettings): string =>
            `${revision}: ${variable} ${variable in variables ? variables[variable] || 'is set' : 'is not set'}`;
          return {
            proof: [other, lacking].map((each) => ({ from: 'task definition', text: said(each) })),
            facts: { name: lacking.name, leader: other.name, variable, revision: lacking.revision },
          };
        }
      return undefined;
    },
    cause:
      '{variable} of {name} is not as that of {leader}, which runs the same image: what one hands over the other does not find.',
    fix: [
      'Set {variable} alike in both task definitions (QUEUE_CONNECTION: redis; AWS_EVENTBRIDGE_BUS: {application}-{environment}-app-events), of {name} now {revision}.',
      redeploy,
    ],
    verify,
  },
];
