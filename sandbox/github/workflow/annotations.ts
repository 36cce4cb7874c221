// What a step's commands leave on the job's page: at most ten of each level, as the runner keeps them.
import type { Command } from '../commands.ts';
import type { Annotation } from '../hub/types.ts';
import type { Masks } from '../masks.ts';

const levels: Readonly<Record<string, Annotation['level']>> = {
  error: 'failure',
  warning: 'warning',
  notice: 'notice',
};

const mostOfALevel = 10;

export const annotationsOf = (commands: readonly Command[], masks: Masks): readonly Annotation[] => {
  const all = commands.flatMap((command) => {
    const level = levels[command.name];
    return level ? [annotationOf(level, command, masks)] : [];
  });
  return Object.values(levels).flatMap((level) =>
    all.filter((annotation) => annotation.level === level).slice(0, mostOfALevel),
  );
};

const annotationOf = (
  level: Annotation['level'],
  { properties, text }: Command,
  masks: Masks,
): Annotation => ({
  level,
  message: masks.hide(text),
  title: masks.hide(properties.title ?? ''),
  path: properties.file ?? '.github',
  line: Number(properties.line ?? 1),
});
