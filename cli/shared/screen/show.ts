/** The one place where what a command has learned leaves for a terminal: nothing from outside gets there as a control character. */
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { plainData, plainJson, plainLines } from '../../../shared/story/outside-text.ts';

export interface Shown<Data> {
  readonly isJson: boolean;
  readonly json: (data: Data) => unknown;
  /** Colours are added to what has been made plain: no text can bring its own. */
  readonly text: (data: Data, isColoured: boolean) => string;
}

export const isTerminalColoured = (): boolean => process.stdout.isTTY === true && pc.isColorSupported;

/** What `show` writes. `data`: plain objects, arrays and scalars. */
export function shownText<Data>(data: Data, how: Shown<Data>, isColoured: boolean): string {
  if (how.isJson) return plainJson(how.json(data));
  return how.text(plainData(data), isColoured);
}

export function show<Data>(data: Data, how: Shown<Data>): void {
  process.stdout.write(`${shownText(data, how, isTerminalColoured()).trimEnd()}\n`);
}

/** A sentence, or some lines, without what moves a terminal; a program's own colours go, too. */
export const spoken = (text: string): string => plainLines(stripVTControlCharacters(text));

/** What a command tells while it works: names of others may be in it, and what services answered. */
export function say(text: string): void {
  process.stdout.write(`${spoken(text)}\n`);
}

/** For standard error: an error's own words may quote what a stranger wrote. */
export function complain(text: string): void {
  process.stderr.write(`${spoken(text)}\n`);
}
