// What AWS's models of ec2 say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const ec2Constraints: ConstraintTable = rules(
  [{ min: 5, max: 100 }, ['DescribeRouteTablesRequest.MaxResults']],
  [
    { min: 5, max: 1000 },
    [
      'DescribeSubnetsRequest.MaxResults',
      'DescribeSecurityGroupsRequest.MaxResults',
      'DescribeVpcsRequest.MaxResults',
    ],
  ],
);
