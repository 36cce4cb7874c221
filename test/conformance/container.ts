// The web container of the scenario's tenant.
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { sit } from '../sandbox/fixture.ts';

export const container = (secretArn: string): ContainerDefinition => ({
  name: 'wordpress',
  image: 'wordpress:6',
  essential: true,
  portMappings: [{ containerPort: 80, protocol: 'tcp' }],
  secrets: [{ name: 'WORDPRESS_DB_USER', valueFrom: `${secretArn}:username::` }],
  mountPoints: [{ sourceVolume: 'content', containerPath: '/var/www/html/wp-content' }],
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': sit.logGroup,
      'awslogs-region': sit.region,
      'awslogs-stream-prefix': 'goldencrust',
    },
  },
});
