// How long ECS takes, in milliseconds of the cloud's time. Plausible for Fargate, not measured.

export const timing = {
  /** Between two looks of the scheduler at a service that is in transition. */
  schedulerTick: 1_000,
  /** PROVISIONING: the network interface is attached. */
  provisioning: 2_000,
  /** Secrets, file systems and log streams are made ready. */
  initialising: 1_000,
  pulling: 3_000,
  /** Until all attempts at something that does not answer have timed out. */
  unreachable: 120_000,
  /** Between two complaints about a task that cannot be launched. */
  launchComplaint: 30_000,
  /** ACTIVATING: targets are registered. */
  activating: 1_000,
  /** Between two looks at a target that drains. */
  drainPoll: 1_000,
  deprovisioning: 2_000,
  /** Containers without a stopTimeout of their own are killed this long after they were asked to stop. */
  stopTimeout: 30_000,
  /** Tasks must have been healthy this long before a deployment counts as steady. */
  settling: 3_000,
  /** An INACTIVE service is still described this long. */
  inactiveServiceShown: 3_600_000,
  stoppedTaskShown: 3_600_000,
  deletedDefinitionShown: 3_600_000,
  runTokenKept: 24 * 3_600_000,
} as const;
