/** Times, spans and money as the page says them; links that keep the language. */
import { formatAmount, formatDuration } from '../../shared/story/format.ts';
import { inChinese as sentenceInChinese } from '../../shared/words/chinese.ts';
import type { Translate } from '../../shared/words/translate.ts';
import { type Html, html, type Part } from '../shared/screen/html.ts';
import { EN, type Words } from './words.ts';
import { ZH } from './words-zh.ts';

export type Language = 'en' | 'zh';

export interface Say {
  readonly language: Language;
  readonly words: Words;
  readonly duration: (ms: number) => string;
  /** With its currency: `CNY 1.23`. */
  readonly money: (value: number, currency: string | null) => string;
  /** Of one machine, as commands tell it: two digits that mean something. */
  readonly price: (value: number, currency: string | null) => string;
  /** In UTC until the page's script puts it into the viewer's zone. */
  readonly time: (ms: number) => Html;
  readonly link: (page: string, query?: Readonly<Record<string, string>>) => string;
}

const UNITS = { s: '秒', min: '分', h: '小时', d: '天' } as const;

const inChinese = (span: string): string =>
  span.replace(/\b(min|s|h|d)\b/g, (unit) => UNITS[unit as keyof typeof UNITS]);

/** `isChosen`: the viewer chose the language; links keep it. */
export function sayIn(language: Language, isChosen: boolean): Say {
  const words = language === 'zh' ? ZH : EN;
  const paid = (amount: string, currency: string | null) =>
    currency === null ? `${amount} (${words.unknownCurrency})` : `${currency} ${amount}`;
  return {
    ...{ language, words },
    duration: (ms) =>
      language === 'zh' ? inChinese(formatDuration(Math.max(0, ms))) : formatDuration(Math.max(0, ms)),
    money: (value, currency) => paid(value.toFixed(2), currency),
    price: (value, currency) => paid(formatAmount(value), currency),
    time: (ms) => timeOf(ms, 'time'),
    link: (page, query = {}) => {
      const all = new URLSearchParams({ ...query, ...(isChosen ? { lang: language } : {}) }).toString();
      return all === '' ? page : `${page}?${all}`;
    },
  };
}

/** A time that cannot be one is said as a dash. */
const timeOf = (ms: number, kind: string): Html => {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return html`–`;
  const iso = at.toISOString();
  return html`<time datetime="${iso}" data-shown="${kind}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
};

/** Sentences of `shared/story/` and alerts are English at their source; what the catalogue lacks stays so, and says so. */
export function translated(
  text: string,
  { language }: Pick<Say, 'language'>,
  inTheirs: Translate = sentenceInChinese,
): Html {
  const said = language === 'zh' ? inTheirs(text) : text;
  return language === 'zh' && said === text
    ? html`<span lang="en">${text}</span>`
    : html`<span>${said}</span>`;
}

/** A table that scrolls by itself on a narrow screen, and is reached by keyboard. */
export const tableOf = (label: string, head: readonly string[], rows: readonly (readonly Part[])[]): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table>
    <thead><tr>${head.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
    <tbody>${rows.map(([first = null, ...others]) => html`<tr><th scope="row">${first}</th>${others.map((each) => html`<td>${each}</td>`)}</tr>`)}</tbody>
  </table></div>`;

export interface Section {
  readonly id: string;
  readonly html: Html;
}

export const section = (id: string, title: string | null, body: Part): Section => ({
  id,
  html: title === null ? html`${body}` : html`<h2>${title}</h2>${body}`,
});
