// `npm run docs` fills docs/troubleshooting.md from the rules of src/shared/diagnose; `--check` writes nothing and fails where
// the page says something else.
import { dirname } from 'node:path';
import { everyRule } from '../src/shared/diagnose/rules/every.ts';
import { fillPage } from './fill.ts';
import {
  areaList,
  distinct,
  problemsOf,
  ruleSections,
  sourceIndex,
  symptomIndex,
} from './troubleshooting/page.ts';
import { sourcePages } from './troubleshooting/sources.ts';
import { unseen } from './troubleshooting/unseen.ts';

const given = process.argv.slice(2);
const page = {
  root: given.find((word) => !word.startsWith('--')) ?? dirname(import.meta.dirname),
  file: 'docs/troubleshooting.md',
  check: given.includes('--check'),
};
const rules = distinct(everyRule);
const entries = [...rules, ...unseen];
const parts = {
  areas: areaList(rules, unseen),
  symptoms: symptomIndex(entries),
  sources: sourceIndex(sourcePages, entries),
  rules: ruleSections(rules, unseen),
};
const problems = [
  ...problemsOf(sourcePages, entries),
  ...fillPage(page, parts, 'the rules in src/shared/diagnose/rules'),
];
if (problems.length) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
