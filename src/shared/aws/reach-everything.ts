// Every service: for tests and scripts.
import { clients as health } from './reach-health.ts';
import { clients as pipelines } from './reach-pipelines.ts';
import { clients as tenants } from './reach-tenants.ts';
import type { Clients } from '../world-aws.ts';

export const clients: Clients = { ...tenants, ...pipelines, ...health };
