// How a tenant's health is checked: by the load balancer, by ECS, and by a visitor who follows redirects.
import { group, hostName, listOf, text, whole } from './fields.ts';

const codes = '[2-4]\\d\\d(?:-[2-4]\\d\\d)?';

export const healthCheck = group({
  path: text(/^\/[\x21-\x7e]{0,1023}$/, 'a path that starts with / and has at most 1024 characters').default(
    '/',
  ),
  matcher: text(
    new RegExp(`^${codes}(?:,${codes})*$`),
    'HTTP codes from 200 to 499 as a quoted text, e.g. "200-399" or "200,302"',
  ).default('200-399'),
  intervalSeconds: whole(5, 300).default(30).meta({ description: 'Between two checks' }),
  timeoutSeconds: whole(2, 120)
    .default(10)
    .meta({ description: 'How long an answer may take; below the interval' }),
  healthyThreshold: whole(2, 10)
    .default(2)
    .meta({ description: 'Checks in a row that make a target healthy' }),
  unhealthyThreshold: whole(2, 10)
    .default(5)
    .meta({ description: 'Checks in a row that make a target unhealthy' }),
  gracePeriodSeconds: whole(0, 2_147_483_647)
    .default(300)
    .meta({ description: 'How long a new task may fail its checks: WordPress starts slowly' }),
  redirectsTo: listOf(
    text(hostName, 'a lower-case host name, e.g. shop.example.com'),
    [0, 10],
    'a list of at most 10 host names, e.g. [shop.example.com]',
  )
    .default([])
    .meta({
      description: 'Other hosts that the site may redirect a visitor to; with and without www. are one',
    }),
});
