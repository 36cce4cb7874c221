// One deployment of one of an application's services, as its diagnosis knows it: names for the rules' texts, and where to look.
import type { Facts } from '../diagnose/rule.ts';
import type { Lookup, Scene } from '../evidence/scene.ts';
import type { Application, ApplicationService } from '../fleet/application.ts';

/** What the roles of applications may look up. */
const lookups: readonly Lookup[] = ['history', 'definition', 'target group'];

export const sceneOf = (application: Application, named: ApplicationService, ours: string): Scene => ({
  kind: 'application',
  cluster: application.cluster,
  service: named.service,
  ours,
  container: named.container,
  lookups,
  facts: factsOf(application, named),
});

/** `name` is the short one, as the actions' input `services` takes it; the family is the service's, as the guide names it. */
export const factsOf = (application: Application, named: ApplicationService): Facts => ({
  ...factsOfApplication(application),
  subject: `${application.name} ${named.name}`,
  name: named.name,
  service: named.service,
  family: named.service,
  container: named.container,
  logGroup: named.logGroup,
});

export const factsOfApplication = ({ name, manifest, environment, cluster }: Application): Facts => ({
  application: name,
  environment: environment.name,
  account: environment.accountId,
  region: environment.region,
  cluster,
  manifest,
});
