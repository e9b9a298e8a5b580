/** What is answered to an address. */
import { setTimeout as sleep } from 'node:timers/promises';
import { retire, retirePage } from './actions.ts';
import { document, sectionsOf } from './layout.ts';
import type { Viewer } from './live.ts';
import type { Looks } from './looks.ts';
import { type Language, type Say, type Section, sayIn } from './say.ts';
import { PAGES, type Page, VIEWS } from './views/all.ts';
import { type Ask, type DashboardWorld, parseAsk } from './world.ts';

export interface Asked {
  /** After the secret part. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Null: nothing was sent. */
  readonly form: URLSearchParams | null;
  /** `accept-language` */
  readonly languages: string;
}

export type Answer =
  | { readonly kind: 'page'; readonly status: number; readonly html: string }
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown }
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'live'; readonly viewer: Viewer }
  | { readonly kind: 'none' };

/** What a page shows is read after it was painted: to go through ten thousand rows takes the processor for a while. */
const AFTER_PAINT_MS = 300;

export async function answer(asked: Asked, looks: Looks, world: DashboardWorld): Promise<Answer> {
  const { path, query, form } = asked;
  const say = sayOf(asked);
  if (path === 'retire') return actionPage(asked, say, world);
  if (form !== null) return { kind: 'none' };
  if (path === '') return { kind: 'moved', to: say.link('now') };
  const [kind, name] = path.includes('/') ? path.split('/', 2) : ['page', path];
  const page = PAGES.find((each) => each === name);
  if (page === undefined) return { kind: 'none' };
  const ask = parseAsk(query);
  if (kind === 'live') return { kind: 'live', viewer: { page, ask, say } };
  if (kind === 'api') return jsonPage(page, ask, looks, world);
  return kind === 'page' ? htmlPage({ page, ask, asked, say }, looks, world) : { kind: 'none' };
}

function sayOf({ query, languages }: Asked): Say {
  const chosen = query.get('lang');
  const isChosen = chosen === 'en' || chosen === 'zh';
  const wanted = isChosen ? chosen : languages.trim().toLowerCase().slice(0, 2);
  return sayIn(wanted === 'zh' ? 'zh' : 'en', isChosen);
}

async function jsonPage(page: Page, ask: Ask, looks: Looks, world: DashboardWorld): Promise<Answer> {
  const { data, failure, readAtMs } = await looks.current(page, ask);
  if (failure !== null)
    return {
      kind: 'json',
      status: 503,
      value: { error: failure, lastReadAt: readAtMs === null ? null : new Date(readAtMs).toISOString() },
    };
  return { kind: 'json', status: 200, value: VIEWS[page].json(data, world) };
}

interface PageAsked extends Viewer {
  readonly asked: Asked;
}

function htmlPage({ page, ask, asked, say }: PageAsked, looks: Looks, world: DashboardWorld): Answer {
  if (page === 'health' && asked.query.get('again') === '1') {
    void looks.current(page, ask, true);
    return { kind: 'moved', to: say.link('health') };
  }
  void sleep(AFTER_PAINT_MS, undefined, { ref: false }).then(() => looks.current(page, ask));
  const sections = sectionsOf(page, looks.peek(page, ask), ask, say, world);
  const live = addressOf(`live/${page}`, asked.query, say.language);
  return {
    kind: 'page',
    status: 200,
    html: document({ page, sections, live, turned: turnedOf(page, asked, say) }, say),
  };
}

const turnedOf = (path: string, { query }: Asked, { language }: Say): string =>
  addressOf(path, query, language === 'zh' ? 'en' : 'zh');

function addressOf(path: string, query: URLSearchParams, language: Language): string {
  const all = new URLSearchParams(query);
  all.set('lang', language);
  return `${path}?${all}`;
}

/** Where nothing is allowed, there is no such address. */
async function actionPage(
  asked: Asked,
  say: Say,
  { operator, allowsActions }: DashboardWorld,
): Promise<Answer> {
  if (!allowsActions) return { kind: 'none' };
  const { form, query } = asked;
  const runner = (form ?? query).get('runner') ?? '';
  const sections: Section[] =
    form === null ? await retirePage(runner, operator, say) : await retire(runner, operator, say);
  const shown = { page: null, sections, live: null, turned: turnedOf('retire', asked, say) };
  return { kind: 'page', status: 200, html: document(shown, say) };
}
