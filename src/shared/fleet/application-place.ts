// What an application has in each environment by itself: an account, a region, as whom and with whose approval.
import { type Form, gateName, named, needed, roleName } from './application-fields.ts';
import { group, text } from './fields.ts';

const roleOf = (form: Form, actions: string) =>
  named(form, roleName)
    .exactOptional()
    .meta({ description: `Name of the IAM role for ${actions}, taken through GitHub's OIDC` });

const rolesSchema = (form: Form) =>
  group({
    release: roleOf(form, 'trigger-pipeline'),
    command: roleOf(form, 'run-db-init'),
    redeploy: roleOf(form, 'redeploy-services'),
    validate: roleOf(form, 'wait-healthy'),
  });

const githubSchema = <F extends Form>(form: F) =>
  group({
    approval: needed(
      form,
      named(form, gateName),
      "GitHub environment that people approve; without it the environment's name",
    ),
    deployment: needed(
      form,
      named(form, gateName),
      'GitHub environment that the jobs run in, unreviewed; without it {environment}-{application}',
    ),
  });

export const ownOf = <F extends Form>(form: F) => ({
  accountId: text(/^\d{12}$/, 'the 12 digits of the account in quotes, e.g. "123456789012"'),
  region: text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region, e.g. eu-west-2'),
  roles: rolesSchema(form).default({}),
  github: needed(form, githubSchema(form), 'GitHub environments'),
});
