// What AWS's models of elb say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const elbConstraints: ConstraintTable = rules(
  [
    { min: 1, max: 400 },
    [
      'DescribeLoadBalancersInput.PageSize',
      'DescribeListenersInput.PageSize',
      'DescribeTargetGroupsInput.PageSize',
      'DescribeRulesInput.PageSize',
      'DescribeAccountLimitsInput.PageSize',
    ],
  ],
  [
    { enum: ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'] },
    [
      'CreateTargetGroupInput.Protocol',
      'CreateTargetGroupInput.HealthCheckProtocol',
      'ModifyTargetGroupInput.HealthCheckProtocol',
    ],
  ],
  [
    { min: 1, max: 65535 },
    ['CreateTargetGroupInput.Port', 'CreateTargetGroupInput.TargetControlPort', 'TargetDescription.Port'],
  ],
  [
    { min: 1, max: 1024 },
    ['CreateTargetGroupInput.HealthCheckPath', 'ModifyTargetGroupInput.HealthCheckPath'],
  ],
  [
    { min: 5, max: 300 },
    [
      'CreateTargetGroupInput.HealthCheckIntervalSeconds',
      'ModifyTargetGroupInput.HealthCheckIntervalSeconds',
    ],
  ],
  [
    { min: 2, max: 120 },
    ['CreateTargetGroupInput.HealthCheckTimeoutSeconds', 'ModifyTargetGroupInput.HealthCheckTimeoutSeconds'],
  ],
  [
    { min: 2, max: 10 },
    [
      'CreateTargetGroupInput.HealthyThresholdCount',
      'CreateTargetGroupInput.UnhealthyThresholdCount',
      'ModifyTargetGroupInput.HealthyThresholdCount',
      'ModifyTargetGroupInput.UnhealthyThresholdCount',
    ],
  ],
  [{ enum: ['instance', 'ip', 'lambda', 'alb'] }, ['CreateTargetGroupInput.TargetType']],
  [{ min: 1 }, ['CreateTargetGroupInput.Tags', 'CreateRuleInput.Tags', 'AddTagsInput.Tags']],
  [
    { min: 1, max: 128, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' },
    ['Tag.Key', 'RemoveTagsInput.TagKeys[]'],
  ],
  [{ min: 0, max: 256, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' }, ['Tag.Value']],
  [
    { enum: ['ipv4', 'ipv6'] },
    ['CreateTargetGroupInput.IpAddressType', 'SourceIpConditionConfig.IpAddressType'],
  ],
  [{ max: 256, pattern: '^[a-zA-Z0-9._]+$' }, ['TargetGroupAttribute.Key']],
  [{ max: 64 }, ['RuleCondition.Field']],
  [{ min: 1, max: 50000 }, ['CreateRuleInput.Priority', 'Action.Order', 'RulePriorityPair.Priority']],
  [
    {
      enum: [
        'forward',
        'authenticate-oidc',
        'authenticate-cognito',
        'redirect',
        'fixed-response',
        'jwt-validation',
      ],
    },
    ['Action.Type'],
  ],
  [
    { enum: ['deny', 'allow', 'authenticate'] },
    [
      'AuthenticateOidcActionConfig.OnUnauthenticatedRequest',
      'AuthenticateCognitoActionConfig.OnUnauthenticatedRequest',
    ],
  ],
  [{ pattern: '^(HTTPS?|#\\{protocol\\})$' }, ['RedirectActionConfig.Protocol']],
  [{ min: 1, max: 128 }, ['RedirectActionConfig.Host', 'RedirectActionConfig.Path']],
  [{ min: 0, max: 128 }, ['RedirectActionConfig.Query']],
  [{ enum: ['HTTP_301', 'HTTP_302'] }, ['RedirectActionConfig.StatusCode']],
  [{ min: 0, max: 1024 }, ['FixedResponseActionConfig.MessageBody']],
  [{ pattern: '^(2|4|5)\\d\\d$' }, ['FixedResponseActionConfig.StatusCode']],
  [{ min: 0, max: 32 }, ['FixedResponseActionConfig.ContentType']],
  [
    { enum: ['single-string', 'string-array', 'space-separated-values'] },
    ['JwtValidationActionAdditionalClaim.Format'],
  ],
  [{ enum: ['host-header-rewrite', 'url-rewrite'] }, ['RuleTransform.Type']],
  [{ min: 1, max: 256 }, ['TargetDescription.QuicServerId']],
  [{ enum: ['AnomalyDetection', 'All'] }, ['DescribeTargetHealthInput.Include[]']],
);
