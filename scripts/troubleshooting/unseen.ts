// What fails before or beside the actions, so that none of them can see it; people who come from the sources search for it.
import type { Rule } from '../../src/shared/diagnose/rule.ts';

export type Unseen = Pick<Rule<never>, 'id' | 'symptoms' | 'cause' | 'fix' | 'verify' | 'link'>;

export const unseen: readonly Unseen[] = [
  {
    id: 'terraform-sso-profile',
    symptoms: [
      'Error: SSOProviderInvalidToken: the SSO session has expired or is invalid',
      'Error: error configuring S3 Backend: no valid credential sources for S3 Backend found',
      'is configured to use SSO but is missing required configuration: sso_region, sso_start_url',
    ],
    cause:
      "Terraform's S3 backend found no session: it expired, or this Terraform does not read `sso_session` of `~/.aws/config` (before 1.6). Nothing of tenant-actions is concerned: in a workflow they assume their role through GitHub's OIDC (docs/oidc.md) and use no SSO profile, and they keep no Terraform state.",
    fix: [
      'Log in: `aws sso login --profile <profile>`, then run Terraform with `AWS_PROFILE=<profile>`.',
      'Where that is not enough, take a Terraform from 1.6 on, or write the profile in the older form: in `[profile <profile>]` of `~/.aws/config` put `sso_start_url`, `sso_region`, `sso_account_id`, `sso_role_name` and `region`, and take `sso_session` out. Then log in again, as the cached session is another one, and `terraform init -backend-config=<file> -reconfigure`.',
      "For tenants leave Terraform out: the action provision-tenant makes what the runbook's steps and Terraform made.",
    ],
    verify: '`aws sts get-caller-identity --profile <profile>` answers, and `terraform init` gets through.',
    link: 'https://github.com/hashicorp/terraform/issues/32465',
  },
  {
    id: 'terraform-creates-what-exists',
    symptoms: [
      'Plan: 57 to add, 0 to change, 0 to destroy.',
      'Terraform plan shows 57+ resources to create (cluster, ALB, RDS, VPC, etc.) that already exist',
      'EntityAlreadyExists',
    ],
    cause:
      'What exists was made outside of Terraform and is not in its state, so Terraform would make it a second time.',
    fix: [
      'Do not apply it.',
      "Leave the cluster's things (cluster, load balancer, RDS, VPC, EFS) as they are: the environment manifest names them. No action makes or deletes them; a tenant's listener rule, access point and secret policy are added to them.",
      "What a tenant has already is found by the action provision-tenant. With `dry-run: true` its plan says of each thing whether it would be created, changed or kept. Nothing is adopted silently: a thing with the tenant's name and without its tags is refused until it runs with `adopt: true`, which tags it and changes what the plan says.",
      'Who wants to keep the shared things in Terraform imports each of them first: `terraform import <address> <id>`, or `import` blocks and `terraform plan -generate-config-out=generated.tf`.',
    ],
    verify:
      'provision-tenant with `dry-run: true` shows no `+ create` for what exists; `terraform plan` says "No changes".',
    link: 'https://developer.hashicorp.com/terraform/language/import',
  },
  {
    id: 'terraform-backend-configuration',
    symptoms: ['Error: Backend configuration changed', 'Error: Backend initialization required'],
    cause: 'The folder was initialised with another backend file than the one given now.',
    fix: ['`terraform init -backend-config=<file> -reconfigure`'],
    verify: '`terraform plan` reads the state.',
  },
  {
    id: 'cli-waiter-gave-up',
    symptoms: ['Waiter ServicesStable failed: Max attempts exceeded'],
    cause: '`aws ecs wait services-stable` waited for ten minutes and says nothing of why.',
    fix: [
      'Run the action wait-healthy with `environment: <environment>`, `tenant: <tenant>`: it looks at tasks, targets, logs and the site, ends as soon as the deployment cannot succeed, and says why.',
      'By hand: `aws ecs describe-services --cluster <cluster> --services <service> --query "services[].events[:10].message"`, and look for its words on this page.',
    ],
    verify: 'wait-healthy ends with the outputs of a healthy tenant.',
    link: 'https://docs.aws.amazon.com/cli/latest/reference/ecs/wait/services-stable.html',
  },
];
