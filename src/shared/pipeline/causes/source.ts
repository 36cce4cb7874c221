// How a source action fails. The most common one is a connection that nobody has authorised yet. Pure data.
import { connectionsPage } from '../places.ts';
import { always, type Rule, type Scene, says } from './rule.ts';

const openConnections = ({ application }: Scene): string =>
  `Open Developer Tools > Settings > Connections (${connectionsPage(application)}), choose the pending connection, "Update pending connection", and authorise it for the repository.`;

export const sourceRules: readonly Rule[] = [
  {
    name: 'source-connection-pending',
    applies: says(/connection.*(pending|not available|not in an available|handshake)|pending connection/is),
    what: 'its connection to the repository is not authorised',
    fix: openConnections,
  },
  {
    name: 'source-connection-denied',
    applies: says(
      /(unable to use connection|useconnection).*(permission|authorized)|not authorized.*UseConnection/is,
    ),
    what: "the pipeline's role may not use the connection to the repository",
    fix: (scene) =>
      `Allow the pipeline's role codeconnections:UseConnection and codestar-connections:UseConnection on the connection. If it does, the connection is not authorised: ${openConnections(scene)}`,
  },
  {
    name: 'source-connection-unusable',
    applies: says(/unable to use connection|connection.*(not found|does not exist|error state)/is),
    what: 'its connection to the repository cannot be used',
    fix: openConnections,
  },
  {
    name: 'source-revision-missing',
    applies: says(
      /no (branch|commit|tag|reference|revision)|RevisionUnavailable|NoSuchKey|(branch|commit|revision|reference|tag|image|object|repository|key)\b.*(not found|does not exist|could not be found|doesn't exist)/is,
    ),
    what: 'the repository has no such revision, or the connection does not see the repository',
    fix: 'Check the branch of the source action, and source-revisions if they were given; a commit must be pushed, and the GitHub app of the connection installed for this repository.',
  },
  {
    name: 'source-other',
    applies: always,
    what: 'the revision could not be fetched',
    fix: (scene) => `Read AWS's message below. Where it is about access: ${openConnections(scene)}`,
  },
];
