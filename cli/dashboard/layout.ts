/** The document around a page's sections. No script, style or handler stands in it: the policy of `serve.ts` lets none run. */
import { type Html, html } from '../shared/screen/html.ts';
import { STYLE } from './assets.ts';
import type { Look } from './looks.ts';
import { type Say, type Section, section, translated } from './say.ts';
import { PAGES, type Page, VIEWS } from './views/all.ts';
import type { Ask, DashboardWorld } from './world.ts';

/** All of a page, in order; `failure` is always there. */
export function sectionsOf(page: Page, look: Look, ask: Ask, say: Say, world: DashboardWorld): Section[] {
  const view = VIEWS[page];
  const body =
    look.data === undefined ? (view.ahead?.(ask, say) ?? []) : view.sections(look.data, ask, say, world);
  const reading =
    look.version === 0 ? [section('reading', null, html`<p class="empty">${say.words.reading}</p>`)] : [];
  return [section('failure', null, failureOf(look, say)), ...body, ...reading];
}

function failureOf({ failure, readAtMs }: Look, say: Say): Html {
  if (failure === null) return html``;
  const { words, time } = say;
  const from = readAtMs === null ? null : html` ${words.shownFrom} ${time(readAtMs)}.`;
  return html`<p class="banner wrong" role="alert">${words.failed(failure)} ${translated(words.failedAdvice, say)}${from}</p>`;
}

export interface Shown {
  readonly page: Page | null;
  readonly sections: readonly Section[];
  /** The other language, here. */
  readonly turned: string;
  /** Where changes come from; null: this page does not move. */
  readonly live: string | null;
}

export function document({ page, sections, turned, live }: Shown, { words, language, link }: Say): string {
  const title = page === null ? words.title : `${words.pages[page]} – ${words.title}`;
  const { text } =
    html`<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="icon.svg">${STYLE}<script src="page.js" defer></script></head>
<body data-live="${live}"><a class="skip" href="#main">${words.skip}</a>
<header><span class="brand">${words.title}</span><nav aria-label="${words.title}"><ul>${PAGES.map(
      (each) =>
        html`<li>${each === page ? html`<a href="${link(each)}" aria-current="page">${words.pages[each]}</a>` : html`<a href="${link(each)}">${words.pages[each]}</a>`}</li>`,
    )}</ul></nav><a class="turn" href="${turned}" hreflang="${language === 'zh' ? 'en' : 'zh'}" lang="${language === 'zh' ? 'en' : 'zh-CN'}">${words.otherLanguage}</a></header>
<main id="main" tabindex="-1"><h1>${page === null ? words.title : words.pages[page]}</h1>
<p class="banner wrong" id="offline" role="alert" hidden>${words.offline}</p><noscript><p class="hint">${words.needsScript}</p></noscript>
${sections.map(({ id, html: body }) => html`<section id="s-${id}">${body}</section>`)}</main></body></html>`;
  return `<!doctype html>${text}`;
}
