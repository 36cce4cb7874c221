// Steps that many fixes of an application share. Its task definitions are made by somebody's Terraform, not by this.

export const lookAtSettings =
  '`aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].environment[]" --output table`';

export const putIn =
  'Apply it (the guide makes task definitions with Terraform), then run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`.';

export const newRelease =
  'Correct it in the repository and publish a new release. Until then the last revision serves: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --task-definition {previousRevision}`.';

/** How to see that whatever failed is well again. */
export const works =
  'wait-healthy with `application: {application}`, `environment: {environment}`, `services: {name}` passes, and the line is in no newer log: `aws logs tail {logGroup} --since 10m --region {region}`.';
