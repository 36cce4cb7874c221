// A file and the name inside it are one.
import type { Problem } from '../errors.ts';
import { type Branch, find, keyAt, placeOf } from './tree.ts';

export const misnamed = (branch: Branch, name: string, folder: string): readonly Problem[] => {
  const path = ['name'];
  const given = find(branch, path);
  if (given?.kind !== 'leaf' || given.value === null || given.value === name) return [];
  return [
    {
      what: `The file is named ${name}.yml and the name inside is ${given.value}.`,
      fix: `Write name: ${name}, or rename the file to ${folder}/${given.value}.yml.`,
      place: placeOf(keyAt(branch, path) ?? given.at),
    },
  ];
};
