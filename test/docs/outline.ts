/** What of a page is the same in every language: its headings' levels, commands, keys, links and figures. */

const LINK = /\]\(([^)\s]+)\)/g;
const SPAN = /`([^`\n]+)`/g;
/** The line under the title that leads to the other language. */
const LANGUAGES = /^(English · \[简体中文\]|\[English\]).*$/m;

export interface Section {
  readonly level: number;
  /** Lines of code without their comments, which are prose, and without what a picture says to people. */
  readonly code: readonly string[];
  /** For each row of its tables: what stands in backticks in the first cell, and in the others. */
  readonly rows: readonly { readonly key: readonly string[]; readonly rest: readonly string[] }[];
  /** Numbers of a list's items, and a `-` for each item without one. */
  readonly items: readonly string[];
  readonly links: readonly string[];
  /** All that stands in backticks. */
  readonly spans: readonly string[];
}

/** One for each heading. `linkOf` says what a link is compared as. */
export function outlineOf(text: string, linkOf: (to: string) => string = (to) => to): Section[] {
  return sectionsOf(text).map(({ level, lines, code }) => ({
    level,
    code: code.map(bare).filter((line) => line !== ''),
    rows: lines.filter((line) => /^ *\|/.test(line) && !/^[ |:-]+$/.test(line)).map(rowOf),
    items: lines.flatMap((line) => /^ *(\d+\.|-) /.exec(line)?.[1] ?? []),
    links: all(LINK, lines).map(linkOf).sort(),
    spans: [...new Set(all(SPAN, lines))].sort(),
  }));
}

/** For each heading the figures in its prose, `2,000` as 2000: a translation may have more of them, never fewer. */
export function figuresOf(text: string): Set<string>[] {
  return sectionsOf(text).map(({ lines }) => {
    const prose = lines
      .join('\n')
      .replace(SPAN, '')
      .replace(LINK, ']')
      .replaceAll(/(\d),(\d)/g, '$1$2');
    return new Set(prose.match(/\d+(\.\d+)*/g));
  });
}

/** Prose without a Chinese character, though it has words enough in a row for a sentence. */
export function leftInEnglish(text: string): string[] {
  return sectionsOf(text)
    .flatMap(({ lines }) => lines.flatMap((line) => line.split('|')))
    .map((prose) => prose.replace(SPAN, '').replace(LINK, ']'))
    .filter((prose) => !/\p{Script=Han}/u.test(prose) && /[a-z’']+( [a-z’']+){4}/i.test(prose));
}

/** Anchors of the headings, as GitHub makes them. */
export const anchorsOf = (text: string): string[] =>
  sectionsOf(text).map(({ heading }) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

interface Raw {
  readonly level: number;
  readonly heading: string;
  readonly lines: string[];
  readonly code: string[];
}

const FENCED = /^ *```.*\n[\s\S]*?^ *```$/gm;
/** At the beginning of each line of code, so that a comment there is no heading. */
const IN_CODE = '\u0000';

function sectionsOf(text: string): Raw[] {
  const marked = text.replace(LANGUAGES, '').replace(FENCED, (block) => block.replaceAll(/^/gm, IN_CODE));
  return marked
    .split(/^(?=#+ )/m)
    .map((section) => section.split('\n'))
    .map(([title = '', ...rest]) => {
      const [, marks = '', heading = ''] = /^(#+) (.+)$/.exec(title) ?? [];
      const code = rest.filter((line) => line.startsWith(IN_CODE)).map((line) => line.slice(1));
      const lines = [heading, ...rest.filter((line) => !line.startsWith(IN_CODE))];
      return { level: marks.length, heading, lines, code };
    });
}

/** `-- "queued,<br/>started" -->` and `box["a name"]` are for people, and so is what follows a `#`. */
const bare = (line: string): string =>
  line
    .replaceAll(/"[^"]*"/g, '""')
    .replace(/(^|\s)#.*$/, '')
    .trim();

const all = (pattern: RegExp, lines: readonly string[]): string[] =>
  [...lines.join('\n').matchAll(pattern)].map(([, found]) => found as string);

function rowOf(line: string): Section['rows'][number] {
  const [, first = '', ...rest] = line.split('|');
  return { key: all(SPAN, [first]), rest: rest.map((cell) => all(SPAN, [cell]).sort().join(' ')) };
}
