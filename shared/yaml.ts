/** A text as YAML, or each mistake in words with its line: the reader throws for some, and tells others by codes. Pure. */
import { type Document, LineCounter, parseDocument, visit } from 'yaml';

interface YamlMistake {
  readonly text: string;
  /** From 1; null: of the whole. */
  readonly line: number | null;
}

export type Yaml =
  | {
      readonly kind: 'ok';
      readonly document: Document;
      readonly value: unknown;
      /** The line, from 1, of what stands at an offset of characters. */
      readonly lineAt: (offset: number | undefined) => number | null;
    }
  | { readonly kind: 'wrong'; readonly mistakes: readonly YamlMistake[] };

/** A byte that is none, as of GBK or UTF-16: what is read and written again would lose those signs. */
const NOT_UTF8 = /[\ufffd\0]/;

export function readYaml(text: string): Yaml {
  const lost = text.search(NOT_UTF8);
  if (lost >= 0) {
    const line = text.slice(0, lost).split('\n').length;
    return { kind: 'wrong', mistakes: [{ text: 'it is not text in UTF-8: save it so', line }] };
  }
  const lineCounter = new LineCounter();
  const document: Document = parseDocument(text, { prettyErrors: false, lineCounter });
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? null : lineCounter.linePos(offset).line;
  const mistakes = [
    ...document.errors.map(({ code, message, pos }) => ({
      text: `${inWords(code, message)}${fullWidthIn(lineOf(text, lineAt(pos[0])))}`,
      line: lineAt(pos[0]),
    })),
    ...lostAliases(document).map(({ name, offset }) => ({
      text: `*${name} is an alias that stands for nothing: a value that begins with * needs quotes`,
      line: lineAt(offset),
    })),
  ];
  if (mistakes.length > 0) return { kind: 'wrong', mistakes };
  try {
    return { kind: 'ok', document, value: document.toJS(), lineAt };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { kind: 'wrong', mistakes: [{ text: 'its aliases stand for too much', line: null }] };
  }
}

function lostAliases(document: Document): { readonly name: string; readonly offset: number | undefined }[] {
  const lost: { name: string; offset: number | undefined }[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined) lost.push({ name: alias.source, offset: alias.range?.[0] });
    },
  });
  return lost;
}

const lineOf = (text: string, line: number | null): string => text.split('\n')[(line ?? 1) - 1] ?? '';

/** As a Chinese keyboard writes them; empty: there is none. */
export const fullWidthIn = (text: string): string =>
  /[：，｛｝［］“”‘’\u3000]/.test(text)
    ? '; a full-width sign stands here: write : , { } [ ] " or a blank for it'
    : '';

/** What the reader of YAML says by its codes, where they are no words. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab at the beginning: use blanks',
  BAD_INDENT: 'its indent fits no line above',
  DUPLICATE_KEY: 'a key stands here a second time',
  MISSING_CHAR: 'a blank after a colon, or a comma, is missing',
  UNEXPECTED_TOKEN: 'something here does not belong to it: is a quote or an indent missing?',
  BLOCK_AS_IMPLICIT_KEY: 'the key of a map stands in the middle of a line: use a line of its own',
  MULTIPLE_DOCS: 'a second document begins here (---): keep one',
  BLOCK_IN_FLOW: 'a map or list begins between brackets: is one of them not closed?',
  RESOURCE_EXHAUSTION: 'its brackets are too deep',
  MULTILINE_IMPLICIT_KEY: 'a key goes over two lines: is a colon missing?',
};

/** Of one code there are several mistakes, which the reader's own sentence tells apart. */
function inWords(code: string, message: string): string {
  if (/closing .*quote/i.test(message)) return 'a quote is opened above and not closed';
  const [, bracket] = /end with a ([\]}])/.exec(message) ?? [];
  if (bracket !== undefined) return `a bracket is opened above and not closed: is ${bracket} missing?`;
  return SYNTAX[code] ?? code;
}
