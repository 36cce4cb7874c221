// The script's exit codes: what each means and what to do. Codes of the shell (1, 2, 126 and up) are not used.

export type ExitMeaning = { readonly what: string; readonly fix: string };

export const exits = {
  40: {
    what: 'The database step was started with a setting missing or unknown; its log names which.',
    fix: 'This is a fault of the action, not of the manifest: report it with the log.',
  },
  41: {
    what: 'The client image has neither a mariadb nor a mysql client (with its dump program for a drop).',
    fix: 'Set database.clientImage in the environment manifest to an image with a client, e.g. mysql:8.0 or mariadb:11.',
  },
  42: {
    what: 'The database host could not be reached.',
    fix: "Check database.host and port in the environment manifest, that the database is running, and that its security group lets the task's in.",
  },
  43: {
    what: 'The connection is not encrypted as required, or the server requires encryption and tls is off.',
    fix: 'Enable TLS on the server and keep tls: required; tls: off is for servers that have no TLS.',
  },
  44: {
    what: 'The master account was refused: wrong credentials, or it lacks a privilege; the log says which.',
    fix: "Check the environment's database.masterSecret; the account must be allowed to create databases and users and to grant. With tls: off, a MariaDB server that requires TLS refuses everybody this way.",
  },
  45: {
    what: "The tenant's account was refused with the credentials of its secret.",
    fix: "Run run-db-init with operation init: it makes the account and sets its password to the secret's.",
  },
  46: {
    what: 'The tenant can log in but its database is missing, or it has no privileges on it.',
    fix: 'Run run-db-init with operation init.',
  },
  47: {
    what: 'The server refused a statement; its log line has the error.',
    fix: 'Look the error number up in the manual of the server; run the same action again when it is put right.',
  },
  48: {
    what: 'Nothing was dropped: there is no folder for the dump that must come first, or it cannot be written.',
    fix: 'Give the drop a file system to dump to.',
  },
  49: {
    what: 'Nothing was dropped: the dump failed or is incomplete.',
    fix: "Read the dump program's error in the log; check the space left and the master account's privileges.",
  },
  50: {
    what: "The server's password policy refuses the password of the tenant's secret.",
    fix: 'Put a password that satisfies the policy (validate_password) into the secret and run the same action again.',
  },
  51: {
    what: "The username in the tenant's secret is not the manifest's database user.",
    fix: "Make the manifest's database.user and the secret's username the same.",
  },
} as const satisfies Readonly<Record<number, ExitMeaning>>;

/** Why the container ended with `code`, and what to do; undefined for 0. */
export const explainExit = (code: number): ExitMeaning | undefined => {
  if (code === 0) return undefined;
  const known: Readonly<Record<number, ExitMeaning>> = exits;
  return (
    known[code] ?? {
      what: `The database step ended with exit code ${code}, which is not one of its own.`,
      fix: 'Read its log; 126 and 127 mean that the client image has no usable sh, 137 and 143 that the task was stopped.',
    }
  );
};
