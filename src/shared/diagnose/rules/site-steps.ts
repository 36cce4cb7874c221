// What a person does about a site, in the same words wherever it helps.

export const redeploy =
  'Deploy it: `gh workflow run deploy-tenant.yml -f environment={environment} -f tenant={tenant}`, or the actions provision-tenant and wait-healthy with `environment: {environment}`, `tenant: {tenant}`.';

export const rollBack =
  '`gh workflow run rollback.yml -f environment={environment} -f tenant={tenant} -f mode=previous-revision`, or the action rollback-tenant with `mode: previous-revision`.';

/** One command in a task of its own: it sees the same files by the same access point. */
const inOwnTask = (command: string): string =>
  `\`aws ecs run-task --region {region} --cluster {cluster} --launch-type FARGATE --task-definition {family} --network-configuration "$(aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[0].networkConfiguration" --output json)" --overrides '{"containerOverrides":[{"name":"{container}","command":${command}}]}'\``;

/** `{folder}` is a plugin's or theme's. */
export const disableFolder = inOwnTask('["mv","{folder}","{folder}.off"]');

/** `{path}` is in the content. */
export const listFolder = inOwnTask('["ls","-lan","{mountPath}"]');
