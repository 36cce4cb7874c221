// Every service: for tests and scripts.

import type { Clients } from '../world-aws.ts';
import { clients as health } from './reach-health.ts';
import { clients as pipelines } from './reach-pipelines.ts';
import { clients as tenants } from './reach-tenants.ts';

export const clients: Clients = { ...tenants, ...pipelines, ...health };
