/** The wizard in a real Chromium. Runs where there is one (`CHROMIUM=/usr/bin/chromium`); `.ci/run` installs it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Interrupted, type Operator, operator, PEM } from './operator.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Where pictures are put, to be looked at. */
const PICTURES = process.env.PICTURES;
const wanted = process.env.CHROMIUM !== undefined;

let browser: Browser;
let here: Operator;
let page: Page;

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** Ends once the page has done `steps`; a step that fails is said, and fails the test by its absence. */
function browsing(steps: (url: string) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    here.browse = async (url) => {
      try {
        await page.goto(url);
        await steps(url);
        resolve();
      } catch (error) {
        reject(error);
      }
    };
  });
}

const toGitHub = () => page.click('#create');
const create = () => page.click('#submit');
const heading = () => page.textContent('h1');

describe.skipIf(!wanted)('set-up in Chromium', () => {
  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}`);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await page.close();
    await here.close();
  });

  async function start(options: Parameters<typeof operator>[0] = {}): Promise<void> {
    here = await operator(options);
    page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  }

  test('from the first page to the App', async () => {
    await start();
    const browsed = browsing(async () => {
      expect(await heading()).toBe('Create the GitHub App for my-org');
      await picture('1-start');
      await toGitHub();
      expect(page.url()).toContain('/organizations/my-org/settings/apps/new?state=');
      await picture('2-github');
      await create();
      expect(await heading()).toBe('The App ci-runners-my-org is created');
      await picture('3-done');
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
    expect(here.management.secrets.get('ci-runner-private-key')).toBe(PEM);
  });

  test('a name that is taken is changed on GitHub’s page', async () => {
    await start({ takenNames: ['ci-runners-my-org'] });
    const browsed = browsing(async () => {
      await toGitHub();
      await create();
      expect(await page.textContent('[role=alert]')).toBe('Name is already taken');
      await picture('4-name-taken');
      await page.fill('input[name=name]', 'our-own-runners');
      await create();
      expect(await heading()).toContain('our-own-runners');
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
  });

  test('a code whose hour is over leads back to the start', async () => {
    await start();
    here.isNextCodeLate = true;
    const browsed = browsing(async () => {
      await toGitHub();
      await create();
      expect(await heading()).toBe('GitHub does not know this code any more');
      await picture('5-expired');
      await page.click('text=Start again');
      await toGitHub();
      await create();
      expect(await heading()).toContain('is created');
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
  });

  test('another state is refused on its page', async () => {
    await start();
    const browsed = browsing(async (url) => {
      await page.goto(new URL('/callback?code=abc&state=somebody-else', url).href);
      expect(await heading()).toBe('This is not the answer to our question');
      await picture('6-state');
      // Who comes with another state is not told where ours begins.
      expect(await page.locator('a').count()).toBe(0);
      await page.goto(url);
      await toGitHub();
      await create();
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
  });

  test('who is denied at GitHub makes nothing, and can come back when allowed', async () => {
    const organizations: string[] = [];
    await start({ organizations });
    const browsed = browsing(async (url) => {
      await toGitHub();
      expect(await heading()).toBe('404');
      await picture('7-denied');
      organizations.push('my-org');
      await page.goto(url);
      await toGitHub();
      await create();
      expect(await heading()).toContain('is created');
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
    expect(here.pages.made).toHaveLength(1);
  });

  test('interrupted while the page is open, the next run’s page makes the App', async () => {
    await start();
    here.interruptAt = 'Open http';
    await expect(here.run()).rejects.toThrow(Interrupted);
    const browsed = browsing(async () => {
      await toGitHub();
      await create();
      expect(await heading()).toContain('is created');
    });
    expect(await here.run(), here.said.join('\n')).toBe(0);
    await browsed;
    expect(here.pages.made).toHaveLength(1);
  });
});
