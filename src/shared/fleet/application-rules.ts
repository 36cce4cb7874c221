// What must hold between the values of one application in one environment.
import type { Problem } from '../errors.ts';
import type { ApplicationDraft } from './application-draft.ts';
import { textIn } from './application-layers.ts';
import { secretsIn } from './application-secrets.ts';
import { didYouMean } from './nearest.ts';
import { type At, find, type Path, placeOf } from './tree.ts';

type Draft = Pick<ApplicationDraft, 'tree' | 'isBroken' | 'home' | 'environment'>;
type Finding = Pick<Problem, 'what' | 'fix'> & { readonly at: At };
type Rule = {
  /** It has nothing to say where one of these is wrong already. */
  readonly reads: readonly Path[];
  readonly judge: (draft: Draft) => readonly Finding[];
};

export const judgeApplication = (draft: Draft): readonly Problem[] =>
  rules.flatMap(({ reads, judge }) =>
    reads.some(draft.isBroken)
      ? []
      : judge(draft).map(({ what, fix, at }) => ({ what, fix, place: placeOf(at) })),
  );

const atOf = ({ tree, home }: Draft, path: Path): At => find(tree, path)?.at ?? home;

const keysOf = ({ tree }: Draft, key: string): readonly string[] => {
  const found = find(tree, [key]);
  return found?.kind === 'branch' ? [...found.entries.keys()] : [];
};

const itemsOf = ({ tree }: Draft, key: string): readonly number[] => {
  const found = find(tree, [key]);
  return found?.kind === 'list' ? [...found.items.keys()] : [];
};

const hasServices: Rule = {
  reads: [['services']],
  judge: (draft) =>
    find(draft.tree, ['services']) && keysOf(draft, 'services').length === 0
      ? [
          {
            what: `The application has no service in ${draft.environment}.`,
            fix: 'Write its ECS services, e.g. services: {api: {}, worker: {}}.',
            at: atOf(draft, ['services']),
          },
        ]
      : [],
};

const knownMigrationService: Rule = {
  reads: [['services'], ['migration', 'service']],
  judge: (draft) => {
    const path = ['migration', 'service'];
    const service = textIn(draft.tree, path);
    const known = keysOf(draft, 'services');
    return service === undefined || known.length === 0 || known.includes(service)
      ? []
      : [
          {
            what: `The migration runs in the service ${service}, and there is no such service in ${draft.environment}.`,
            fix: didYouMean(service, known, 'Services'),
            at: atOf(draft, path),
          },
        ];
  },
};

const migratesAfter: Rule = {
  reads: [['pipelines'], ['migration']],
  judge: (draft) =>
    find(draft.tree, ['migration'])
      ? []
      : itemsOf(draft, 'pipelines').flatMap((index) => {
          const path = ['pipelines', index, 'migration'];
          return textIn(draft.tree, path) === 'after'
            ? [
                {
                  what: `The database is to be migrated after this pipeline, and \`migration\` does not say how in ${draft.environment}.`,
                  fix: 'Write migration: {service: …, command: […]}, or migration: none here.',
                  at: atOf(draft, path),
                },
              ]
            : [];
        }),
};

type Named = { readonly path: Path; readonly what: string };

/** The second and every later one of the same text. */
const unique = (kind: string, pathsIn: (draft: Draft) => readonly Named[]): Rule => ({
  reads: [],
  judge: (draft) => {
    const first = new Map<string, Named>();
    return pathsIn(draft).flatMap((one) => {
      const text = draft.isBroken(one.path) ? undefined : textIn(draft.tree, one.path);
      if (text === undefined) return [];
      const earlier = first.get(text);
      if (!earlier) {
        first.set(text, one);
        return [];
      }
      const what = `The ${one.what} has the ${kind} ${text}, which the ${earlier.what} has already.`;
      return [{ what, fix: `Give one of the two another ${kind}.`, at: atOf(draft, one.path) }];
    });
  },
});

const inMap =
  (map: string, key: string, what: string) =>
  (draft: Draft): readonly Named[] =>
    keysOf(draft, map).map((name) => ({ path: [map, name, key], what: `${what} ${name}` }));

const pipelineNames = (draft: Draft): readonly Named[] =>
  itemsOf(draft, 'pipelines').map((index) => ({
    path: ['pipelines', index, 'name'],
    what: `pipeline ${index + 1}`,
  }));

/** Of two with one short name the CodePipeline is the same by default: once is enough. */
const codePipelines = (draft: Draft): readonly Named[] => {
  const names = itemsOf(draft, 'pipelines').map((index) => textIn(draft.tree, ['pipelines', index, 'name']));
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? [{ path: ['pipelines', index, 'pipeline'], what: `pipeline ${name ?? index + 1}` }]
      : [],
  );
};

const orderedCodes: Rule = {
  reads: [],
  judge: (draft) =>
    keysOf(draft, 'healthChecks').flatMap((name) => {
      const path = ['healthChecks', name, 'matcher'];
      const written = draft.isBroken(path) ? '' : (textIn(draft.tree, path) ?? '');
      const wrong = written.split(',').find((range) => {
        const [least, most] = range.split('-');
        return most !== undefined && Number(most) < Number(least);
      });
      return wrong === undefined
        ? []
        : [
            {
              what: `\`healthChecks.${name}.matcher\` holds ${wrong}, in which no code lies.`,
              fix: `Write ${wrong.split('-').toReversed().join('-')}.`,
              at: atOf(draft, path),
            },
          ];
    }),
};

/** Commands are plain text in the run's record in ECS, and in this repository. */
const noSecrets: Rule = {
  reads: [['migration', 'command']],
  judge: (draft) => {
    const command = find(draft.tree, ['migration', 'command']);
    const words = command?.kind === 'list' ? command.items.map((item) => textIn(item, []) ?? '') : [];
    return secretsIn(words).map(({ index, name }) => ({
      what: `\`migration.command[${index}]\` looks like it holds a secret (${name}), and a command is plain text.`,
      fix: "Put it in Secrets Manager and name it in the task definition's `secrets`; the program reads it from its environment.",
      at: atOf(draft, ['migration', 'command', index]),
    }));
  },
};

const approvedElsewhere: Rule = {
  reads: [['github']],
  judge: (draft) => {
    const [approval, deployment] = ['approval', 'deployment'].map((key) =>
      textIn(draft.tree, ['github', key]),
    );
    // GitHub does not tell capitals apart.
    return approval === undefined || approval.toLowerCase() !== deployment?.toLowerCase()
      ? []
      : [
          {
            what: `${draft.environment} has one GitHub environment, ${approval}, for the approval and for the jobs: people would be asked once a job.`,
            fix: 'Write different names as `github.approval` and `github.deployment`.',
            at: atOf(draft, ['github', 'deployment']),
          },
        ];
  },
};

const rules: readonly Rule[] = [
  hasServices,
  knownMigrationService,
  migratesAfter,
  unique('ECS service', inMap('services', 'service', 'service')),
  unique('name', pipelineNames),
  unique('CodePipeline', codePipelines),
  unique('address', inMap('healthChecks', 'url', 'health check')),
  unique('repository', inMap('images', 'repository', 'image')),
  orderedCodes,
  noSecrets,
  approvedElsewhere,
];
