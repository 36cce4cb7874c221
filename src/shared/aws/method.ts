// How the SDK names a client's methods after its commands.

/** `DescribeServicesCommand` → `describeServices`. */
export type Method<Command> = Command extends `${infer Name}Command` ? Uncapitalize<Name> : never;
