// What a person does about a tenant's database, in the same words wherever it helps.

export const runInit =
  'Run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: init`; the example workflow does it as part of a deployment: `gh workflow run deploy-tenant.yml -f environment={environment} -f tenant={tenant}`.';
export const restart =
  'Start new tasks, as ECS reads a secret only when a task starts: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.';
export const runVerify =
  'Run the action run-db-init with `environment: {environment}`, `tenant: {tenant}`, `operation: verify`: its log says `user {user}: can log in` and `database {database}: present`.';
export const correctHost =
  'Correct `database: { host: … }` in {environmentManifest}; the right one stands in `aws rds describe-db-instances --region {region} --query "DBInstances[].[DBInstanceIdentifier,Endpoint.Address,Endpoint.Port]" --output table`.';
export const deployAgain =
  'Deploy again, so that the task definition gets it: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`.';
