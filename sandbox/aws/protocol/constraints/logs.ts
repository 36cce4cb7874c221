// What AWS's models of logs say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const logsConstraints: ConstraintTable = rules(
  [{ min: 0, max: 20 }, ['DescribeLogGroupsRequest.accountIdentifiers']],
  [{ min: 12, max: 12, pattern: '^\\d{12}$' }, ['DescribeLogGroupsRequest.accountIdentifiers[]']],
  [
    { min: 1, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+' },
    [
      'DescribeLogGroupsRequest.logGroupNamePrefix',
      'DescribeLogStreamsRequest.logGroupName',
      'GetLogEventsRequest.logGroupName',
      'FilterLogEventsRequest.logGroupName',
    ],
  ],
  [{ min: 0, max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]*' }, ['DescribeLogGroupsRequest.logGroupNamePattern']],
  [
    { min: 1 },
    [
      'DescribeLogGroupsRequest.nextToken',
      'DescribeLogStreamsRequest.nextToken',
      'GetLogEventsRequest.nextToken',
      'FilterLogEventsRequest.nextToken',
    ],
  ],
  [
    { min: 1, max: 50 },
    [
      'DescribeLogGroupsRequest.limit',
      'DescribeLogGroupsRequest.logGroupIdentifiers',
      'DescribeLogStreamsRequest.limit',
    ],
  ],
  [{ enum: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] }, ['DescribeLogGroupsRequest.logGroupClass']],
  [
    { min: 1, max: 2048, pattern: '[\\w#+=/:,.@-]*' },
    [
      'DescribeLogGroupsRequest.logGroupIdentifiers[]',
      'DescribeLogStreamsRequest.logGroupIdentifier',
      'GetLogEventsRequest.logGroupIdentifier',
      'FilterLogEventsRequest.logGroupIdentifier',
    ],
  ],
  [
    { min: 1, max: 512, pattern: '[^:*]*' },
    [
      'DescribeLogStreamsRequest.logStreamNamePrefix',
      'GetLogEventsRequest.logStreamName',
      'FilterLogEventsRequest.logStreamNames[]',
      'FilterLogEventsRequest.logStreamNamePrefix',
    ],
  ],
  [{ enum: ['LogStreamName', 'LastEventTime'] }, ['DescribeLogStreamsRequest.orderBy']],
  [
    { min: 0 },
    [
      'GetLogEventsRequest.startTime',
      'GetLogEventsRequest.endTime',
      'FilterLogEventsRequest.startTime',
      'FilterLogEventsRequest.endTime',
    ],
  ],
  [{ min: 1, max: 10000 }, ['GetLogEventsRequest.limit', 'FilterLogEventsRequest.limit']],
  [{ min: 1, max: 100 }, ['FilterLogEventsRequest.logStreamNames']],
  [{ min: 0, max: 1024 }, ['FilterLogEventsRequest.filterPattern']],
);
