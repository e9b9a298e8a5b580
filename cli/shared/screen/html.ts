/** HTML that is escaped by construction: only what `html` made goes in as it is. */
import { plainData } from '../../../shared/story/outside-text.ts';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** In a template without its tag it would stand there as an object. */
  toString(): never {
    throw new Error('HTML in a text: the template around it must be html`…`, too');
  }
}

export type Part = Html | string | number | null | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ESCAPES[one] as string);

/** Attributes stand in double quotes; null is nothing. What people elsewhere wrote loses its control characters here. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, at) => text + (at < parts.length ? textOf(parts[at] as Part) : '')).join(''));

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escaped(plainData(String(part)));
}
