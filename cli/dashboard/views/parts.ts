/** What several pages show. */
import type { StandingAlert } from '../../../shared/alert-once.ts';
import { type Html, html, type Part } from '../../shared/screen/html.ts';
import { type Say, translated } from '../say.ts';
import { SPANS } from '../world.ts';

export const figure = (name: string, value: Part): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

export const alertsOf = (
  { alerts, atMs }: { readonly alerts: readonly StandingAlert[]; readonly atMs: number },
  say: Say,
): Html =>
  html`${alerts.map(({ text, raisedAtMs }) => html`<p class="banner wrong" role="alert"><strong>${say.words.alert}</strong> (${say.words.ago(say.duration(atMs - raisedAtMs))}): ${translated(text, say)}</p>`)}`;

export const linkTo = (href: string, text: string, isHere: boolean): Html =>
  isHere ? html`<a href="${href}" aria-current="true">${text}</a>` : html`<a href="${href}">${text}</a>`;

/** How far back a page looks. */
export const spansOf = (
  page: 'waits' | 'money',
  days: number,
  more: Readonly<Record<string, string>>,
  say: Say,
): Html =>
  html`<nav class="choice" aria-label="${say.words.span}">${SPANS.map((each) =>
    linkTo(
      say.link(page, { days: String(each), ...more }),
      each === 1 ? (page === 'money' ? say.words.today : say.words.hours24) : say.words.days(each),
      each === days,
    ),
  )}</nav>`;
