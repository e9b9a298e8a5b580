/** The one place where what a command has learned leaves for a terminal: nothing from outside gets there as a control character. */
import { stripVTControlCharacters } from 'node:util';
import { plainData, plainJson, plainLines } from '../../../shared/story/outside-text.ts';
import { fitted } from './cut.ts';
import { inAscii, isAsciiOnly, type Screen, screenNow, screenOf } from './screen.ts';

export interface Shown<Data> {
  readonly isJson: boolean;
  readonly json: (data: Data) => unknown;
  /** Colours are added to what has been made plain: no text can bring its own. */
  readonly text: (data: Data, screen: Screen) => string;
  /** Lines of others, such as a log's: no line is broken. */
  readonly isVerbatim?: true;
}

/** What `show` writes. `data`: plain objects, arrays and scalars. */
export function shownText<Data>(data: Data, how: Shown<Data>, screen: Screen): string {
  if (how.isJson) return plainJson(how.json(data));
  const whole = how.text(plainData(data), screen);
  const text = screen.width === null || how.isVerbatim ? whole : fitted(whole, screen.width);
  return screen.isAscii ? inAscii(text) : text;
}

export function show<Data>(data: Data, how: Shown<Data>): void {
  process.stdout.write(`${shownText(data, how, screenNow()).trimEnd()}\n`);
}

/** For a command that has said all the rest on its way. */
export const showJson = (data: unknown): void =>
  show(data, { isJson: true, json: (all) => all, text: String });

/** As this terminal can show it. */
const sayable = (text: string): string => {
  const plain = spoken(text);
  return isAsciiOnly(process.env) ? inAscii(plain) : plain;
};

/** A sentence, or some lines, without what moves a terminal; a program's own colours go, too. */
export const spoken = (text: string): string => plainLines(stripVTControlCharacters(text));

/** A sentence goes on below itself. Several lines are laid out already: a file to paste, a table, a list. */
function toFit(text: string, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const { width } = screenOf(stream, process.env);
  return width === null || text.includes('\n') ? text : fitted(text, width);
}

/** What a command tells while it works: names of others may be in it, and what services answered. */
export function say(text: string): void {
  process.stdout.write(`${toFit(sayable(text), process.stdout)}\n`);
}

/** Lines of others, such as a log's. */
export function sayVerbatim(text: string): void {
  process.stdout.write(`${sayable(text)}\n`);
}

/** For standard error: an error's own words may quote what a stranger wrote. */
export function complain(text: string): void {
  process.stderr.write(`${toFit(sayable(text), process.stderr)}\n`);
}

/** Help: prose goes on below itself; what is indented is laid out already, or an example to copy. */
export function laidOut(text: string, { width, isAscii }: Screen): string {
  const lines = text
    .split('\n')
    .map((line) => (width === null || line.startsWith(' ') ? line : fitted(line, width)));
  return isAscii ? inAscii(lines.join('\n')) : lines.join('\n');
}

/** For commander. */
export const HELP_OUTPUT = {
  writeOut: (text: string) => void process.stdout.write(laidOut(text, screenNow())),
  writeErr: (text: string) => void process.stderr.write(laidOut(text, screenOf(process.stderr, process.env))),
};

/** The last word of a command that does nothing more. Exit codes: 1 for failure, 2 for usage. */
export function fail(text: string, code: 1 | 2 = 1): number {
  complain(text);
  return code;
}
