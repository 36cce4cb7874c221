// AWS as a plan may see it: only reads get through, and the same question is asked once. Tenants share listings, so
// a fleet of a hundred asks for the listener's rules once, not a hundred times.
import type { Aws } from '../world.ts';

type Answers = Map<string, unknown>;
type Callable = (...args: readonly unknown[]) => unknown;

/** Secret values are no description: a role that only looks may not read them, and a plan has no use for them. */
const isRead = (name: string): boolean =>
  /^(describe|list|get|paginateDescribe|paginateList)[A-Z]/.test(name) && name !== 'getSecretValue';

/** The same clients without their writes; answers are kept as long as the record lives. */
export const readOnly = (aws: Aws): Aws => ({
  codebuild: asking(aws.codebuild),
  codepipeline: asking(aws.codepipeline),
  ec2: asking(aws.ec2),
  ecs: asking(aws.ecs),
  efs: asking(aws.efs),
  elb: asking(aws.elb),
  iam: asking(aws.iam),
  logs: asking(aws.logs),
  rds: asking(aws.rds),
  secrets: asking(aws.secrets),
  sts: asking(aws.sts),
});

const asking = <T extends object>(client: T): T => {
  const answers: Answers = new Map();
  const get = (_: T, name: string | symbol): unknown => {
    if (typeof name === 'symbol' || name === 'then') return undefined;
    return (input: unknown) => {
      if (!isRead(name)) throw new Error(`A plan only looks; ${name} was not sent.`);
      const call = (): unknown => (Reflect.get(client, name) as Callable).call(client, input);
      const key = `${name} ${JSON.stringify(input)}`;
      if (!name.startsWith('paginate')) return once(answers, key, call);
      return replay(once(answers, key, () => pagesOf(call() as AsyncIterable<unknown>)));
    };
  };
  return new Proxy(client, { get });
};

/** The promise itself is kept, so that questions asked at the same time share one call; a refusal is an answer too. */
const once = <T>(answers: Answers, key: string, call: () => T): T => {
  if (!answers.has(key)) answers.set(key, call());
  return answers.get(key) as T;
};

const pagesOf = async (pages: AsyncIterable<unknown>): Promise<readonly unknown[]> => {
  const all: unknown[] = [];
  for await (const page of pages) all.push(page);
  return all;
};

async function* replay(pages: Promise<readonly unknown[]>): AsyncGenerator<unknown> {
  yield* await pages;
}
