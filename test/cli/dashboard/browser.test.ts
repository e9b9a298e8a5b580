/** Each page in each state, in a real Chromium, with axe's eyes. Runs where there is one (`CHROMIUM=/usr/bin/chromium`). */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE, type Shown, STATES, type State, show } from './fixture.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PICTURES = process.env.PICTURES;
const wanted = process.env.CHROMIUM !== undefined;
const PAGES = ['now', 'job', 'waits', 'money', 'health'];

let browser: Browser;
let shown: Shown;
let context: BrowserContext;

const addressOf = (page: string, query = ''): string => {
  const id = page === 'job' && shown.job !== null ? `id=${shown.job}&` : '';
  return `${shown.dashboard.url}${page}?${id}${query}`;
};

async function visit(address: string, look: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  // The policy lets no foreign script run; axe is put in beside it.
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true, ...look });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction('document.querySelector("#s-reading") === null', undefined, { timeout: 20_000 });
  return page;
}

const FIRST_PAINT = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime';

/** In ms. */
async function firstPaint(address: string): Promise<number> {
  context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  const painted = await page.waitForFunction(FIRST_PAINT, undefined, { timeout: 20_000 });
  const atMs = Number(await painted.jsonValue());
  await context.close();
  return atMs;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name.replaceAll(/[ ,]+/g, '-')}.png`), fullPage: true });
}

const widthOf = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');

describe.skipIf(!wanted)('the dashboard in Chromium', () => {
  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}`);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await context?.close();
    await shown.close();
  });

  test.each(STATES)('%s: each page reads well and has no violation, light and dark', async (state: State) => {
    shown = await show(state);
    for (const page of PAGES)
      for (const colorScheme of ['light', 'dark'] as const) {
        const opened = await visit(addressOf(page, 'lang=en'), { colorScheme });
        await picture(opened, `${state} ${page} ${colorScheme}`);
        expect(await violationsOn(opened), `${page}, ${colorScheme}`).toEqual([]);
        await context.close();
      }
  });

  test.each([360, 2560])('at %i px nothing is cut off, in Chinese too', async (width) => {
    shown = await show('busy');
    for (const page of PAGES)
      for (const lang of ['en', 'zh']) {
        const opened = await visit(addressOf(page, `lang=${lang}`), { viewport: { width, height: 800 } });
        await picture(opened, `${width} ${page} ${lang}`);
        expect(await widthOf(opened), `${page}, ${lang}`).toBeLessThanOrEqual(0);
        expect(await violationsOn(opened), `${page}, ${lang}`).toEqual([]);
        await context.close();
      }
  });

  test('with 10,000 rows of history every page is there before they are read', async () => {
    shown = await show('10,000 jobs');
    shown.stopTime();
    for (const page of PAGES) {
      const first = await (
        await fetch(addressOf(page).replace(shown.dashboard.url, (await shown.fresh()).url))
      ).text();
      expect(first, page).toContain('id="s-reading"');
      if (process.env.FIGURES === undefined) continue;
      const paintMs = await firstPaint(
        addressOf(page).replace(shown.dashboard.url, (await shown.fresh()).url),
      );
      process.stdout.write(`first paint of ${page}: ${Math.round(paintMs)} ms\n`);
    }
  });

  test('a hostile name is text, and no script of a page runs', async () => {
    shown = await show('busy');
    const page = await visit(addressOf('now'), { bypassCSP: false });
    const text = (await page.textContent('main')) ?? '';
    expect(text).toContain('<img src=x onerror="document.title=1">');
    expect(text).not.toContain(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    await page.evaluate(
      'document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\'window.ran=1\'>")',
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });

  test('the page moves by itself, and keeps the focus', async () => {
    shown = await show('busy');
    const page = await visit(addressOf('now'));
    const link = page.locator('#s-runners a').first();
    await link.focus();
    const { ledger } = shown.world.adapters();
    const [waiting] = (await ledger.jobs.list(100)).things.filter(
      ({ entry }) => entry.job.name === 'nightly',
    );
    if (waiting === undefined) throw new Error('no job waits');
    await ledger.jobs.replace(waiting.entry.job.id, waiting, {
      ...waiting.entry,
      because: 'of something else',
    });
    await page.waitForFunction(
      'document.querySelector("#s-waiting")?.textContent.includes("of something else")',
    );
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('A');
  });

  test('all is reached by keyboard, and the viewer’s zone is shown', async () => {
    shown = await show('busy');
    const page = await visit(addressOf('now', 'lang=en'), { timezoneId: 'Asia/Shanghai', locale: 'en-GB' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/job\?/);
    await page.goto(addressOf('now', 'lang=en'));
    const time = page.locator('#main time').first();
    const iso = (await time.getAttribute('datetime')) ?? '';
    const hour = String((new Date(iso).getUTCHours() + 8) % 24);
    expect(await time.textContent()).toMatch(new RegExp(`\\b0?${hour}:|\\b0?${Number(hour) % 12 || 12}:`));
  });
});
