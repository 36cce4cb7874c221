// One file's text to a tree: YAML 1.2, without what makes two readers disagree about it. A file that cannot
// be read gives problems instead of a tree.
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import type { Problem } from '../errors.ts';
import { linesOf } from './lines.ts';
import { type Reading, readRoot } from './nodes.ts';
import { readPlain } from './plain-reader.ts';
import { type At, type Branch, type Path, placeOf } from './tree.ts';

export type Read = {
  /** Undefined where the file is not readable at all. */
  readonly branch: Branch | undefined;
  /** Where a refused value stands: an empty text holds its place. */
  readonly refused: readonly Path[];
  readonly problems: readonly Problem[];
};

export type File = { readonly path: string; readonly text: string };

const mostBytes = 1_000_000;

export const readManifest = (file: File): Read => {
  const { path, text } = file;
  const refused = refuseText(path, text);
  if (refused) return unreadable([refused]);
  const branch = readPlain(text, { file: path, lines: linesOf(text) });
  return branch ? { branch, refused: [], problems: [] } : readYaml(file);
};

const unreadable = (problems: readonly Problem[]): Read => ({ branch: undefined, refused: [], problems });

/** Through the library, whatever the file is like. */
export const readYaml = ({ path, text }: File): Read => {
  const source = { file: path, lines: linesOf(text) };
  const document = parseDocument(text, {
    version: '1.2',
    strict: true,
    merge: false,
    resolveKnownTags: false,
    // nodes.ts finds duplicates: the library compares each key of a map with all the others.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const at = (offset: number): At => ({ source, offset });
  const syntax = [...directiveProblems(document, text, at), ...syntaxProblems(document, at)];
  if (syntax.length) return unreadable(syntax);
  if (!isMap(document.contents)) return unreadable([notAMap(document, at)]);
  const reading: Reading = { source, text, problems: [], refused: [] };
  const branch = readRoot(document.contents, reading);
  return { branch, refused: reading.refused, problems: reading.problems };
};

const refuseText = (file: string, text: string): Problem | undefined => {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes)
    return {
      what: `The file has ${bytes} bytes; a manifest may have ${mostBytes}.`,
      fix: 'Split it, or move what is no manifest out of the folder.',
      place: { file, line: 1, column: 1 },
    };
  if (!text.includes('\t')) return undefined;
  const lines = text.split('\n');
  const tabbed = lines.filter((line) => line.includes('\t'));
  const line = lines.findIndex((each) => each.includes('\t'));
  return {
    what: `There is a tab here${tabbed.length > 1 ? ` and on ${tabbed.length - 1} more lines` : ''}.`,
    fix: 'Indent with spaces; inside a double-quoted text write \\t.',
    place: { file, line: line + 1, column: (lines[line]?.indexOf('\t') ?? 0) + 1 },
  };
};

const directiveProblems = (
  { directives }: Document,
  text: string,
  at: (offset: number) => At,
): readonly Problem[] => {
  const given = directives?.yaml.explicit || Object.keys(directives?.tags ?? {}).length > 1;
  const found = given ? /^%.*$/m.exec(text) : null;
  if (!found) return [];
  const what = `The line ${found[0]} changes how the file is read.`;
  return [{ what, fix: 'Delete it: manifests are YAML 1.2.', place: placeOf(at(found.index)) }];
};

const syntaxProblems = (document: Document, at: (offset: number) => At): readonly Problem[] => {
  // One a line: what follows on the same line is most often the echo of the first.
  const lines = new Set<number>();
  return document.errors.flatMap(({ code, message, pos }) => {
    const place = placeOf(at(pos[0]));
    if (lines.has(place.line)) return [];
    lines.add(place.line);
    return code === 'MULTIPLE_DOCS'
      ? [{ what: 'A second document starts here.', fix: 'One file holds one manifest: split it.', place }]
      : [{ what: `This is not YAML: ${message}.`, fix: 'Correct the line, or quote its text.', place }];
  });
};

const notAMap = ({ contents }: Document, at: (offset: number) => At): Problem => {
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  return empty
    ? { what: 'The file is empty.', fix: 'Write the manifest, or delete the file.', place: placeOf(at(0)) }
    : {
        what: 'The file holds no keys.',
        fix: 'Write lines of the form `key: value`.',
        place: placeOf(at(contents?.range?.[0] ?? 0)),
      };
};
