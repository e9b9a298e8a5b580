/** The pages that set-up shows in a browser. Everything that is not ours is escaped. */
import type { OperatingWords } from '../../shared/words/operating.ts';
import { escaped } from '../shared/screen/html.ts';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; background: #f6f8fa; margin: 0; }
  main { max-width: 38rem; margin: 4rem auto; padding: 2rem 2.5rem; background: #fff; border: 1px solid #d1d9e0; border-radius: 12px; }
  h1 { font-size: 1.4rem; margin: 0 0 1rem; }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0 1.5rem; }
  td { padding: .35rem 0; border-top: 1px solid #eaeef2; vertical-align: top; }
  td:first-child { color: #59636e; width: 11rem; padding-right: .75rem; }
  button { font: inherit; font-weight: 600; color: #fff; background: #1f883d; border: 0; border-radius: 6px; padding: .6rem 1.2rem; cursor: pointer; }
  .wrong { border-left: 4px solid #cf222e; padding-left: 1rem; }
  .well { border-left: 4px solid #1f883d; padding-left: 1rem; }
  .hint { color: #59636e; font-size: .9rem; margin: 1.2rem 0 0; }
  @media (max-width: 40rem) { main { margin: 0; padding: 1.5rem; border: 0; border-radius: 0; } td:first-child { width: 8rem; } }`;

/** A page's sentences, escaped. */
type Say = (text: string) => string;
const sayIn =
  (words: OperatingWords): Say =>
  (text) =>
    escaped(words.say(text));

const page = (title: string, body: string, words: OperatingWords): string =>
  `<!doctype html><html lang="${words.language}"><head><meta charset="utf-8"><title>${sayIn(words)(title)}</title>` +
  `<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

export interface StartPage {
  readonly target: string;
  readonly manifest: string;
  readonly owner: string;
  readonly permissions: Readonly<Record<string, string>>;
}

const titleOf = (permission: string) => permission.replaceAll('_', ' ').replace('self hosted', 'self-hosted');

const REASONS: Readonly<Record<string, string>> = {
  actions: 'to look at jobs, and to run again those that the market interrupted',
  administration: 'to register runners at the repositories',
  checks: 'to tell authors why a job waits or was refused, and what it cost; without it all else works',
  metadata: 'GitHub requires it of every App',
  organization_self_hosted_runners: 'to register runners, and to remove them',
};

export function startPage(
  { target, manifest, owner, permissions }: StartPage,
  words: OperatingWords,
): string {
  const say = sayIn(words);
  const rows = Object.entries(permissions).map(
    ([name, level]) =>
      `<tr><td>${escaped(titleOf(name))}</td><td>${escaped(level)}: ${say(REASONS[name] ?? '')}</td></tr>`,
  );
  return page(
    'Set up runners',
    `<h1>${say(`Create the GitHub App for ${owner}`)}</h1>
    <p>${say('GitHub asks you once more before anything is made. The App is your own, reads no code, and gets these rights:')}</p>
    <table>${rows.join('')}<tr><td>event: workflow job</td><td>${say('to be told of jobs')}</td></tr></table>
    <form method="post" action="${escaped(target)}">
      <input type="hidden" name="manifest" value="${escaped(manifest)}">
      <button id="create">${say('Continue at GitHub')}</button>
    </form>
    <p class="hint">${say(`If GitHub shows a 404, you are not signed in there, or may not create Apps for ${owner}: ask an owner.`)}</p>`,
    words,
  );
}

export function donePage(slug: string, words: OperatingWords): string {
  const say = sayIn(words);
  return page(
    'App created',
    `<div class="well"><h1>${say(`The App ${slug} is created`)}</h1>
    <p>${say('Its key and secret are kept. Close this tab, and go on in the terminal.')}</p></div>`,
    words,
  );
}

/** `again`: where it begins; null: for somebody who need not know. */
export function wrongPage(
  what: string,
  advice: string,
  words: OperatingWords,
  again: string | null = null,
): string {
  const say = sayIn(words);
  const link = again === null ? '' : `<p><a href="${escaped(again)}">${say('Start again')}</a></p>`;
  return page(
    'Not done',
    `<div class="wrong"><h1>${say(what)}</h1><p>${say(advice)}</p>${link}</div>`,
    words,
  );
}
