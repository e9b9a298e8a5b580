/** Sentences in a source, as a catalogue names them: `the job {} of {}` for what a template fills in. */

const FILLED = String.raw`\$\{(?:[^{}]|\{[^{}]*\})*\}`;
/** From left to right, so that an apostrophe in a template opens nothing, nor a backtick in quotes. */
const TOKEN = new RegExp(
  [
    String.raw`\/\*[\s\S]*?\*\/|\/\/.*$`,
    `\`((?:\\\\.|${FILLED}|[^\`\\\\])*)\``,
    String.raw`'((?:[^'\\\n]|\\.)*)'`,
    String.raw`"((?:[^"\\\n]|\\.)*)"`,
  ].join('|'),
  'gm',
);
/** Fewer words are names, keys, and ends of sentences. */
const WORDS_MIN = 4;

export function sentencesIn(source: string, wordsMin = WORDS_MIN): string[] {
  return [...source.matchAll(TOKEN)]
    .map(([, template, single, double]) => template ?? single ?? double ?? '')
    .map((text) =>
      text
        .replaceAll(new RegExp(`(?:${FILLED})+`, 'g'), '{}')
        .replaceAll('\\n', '\n')
        .replaceAll(/\\(.)/g, '$1'),
    )
    .filter((text) => / /.test(text) && (text.match(/[a-z’']{2,}/gi) ?? []).length >= wordsMin);
}
