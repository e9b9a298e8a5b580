/** The pages that set-up shows in a browser. Everything that is not ours is escaped. */

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; background: #f6f8fa; margin: 0; }
  main { max-width: 38rem; margin: 4rem auto; padding: 2rem 2.5rem; background: #fff; border: 1px solid #d1d9e0; border-radius: 12px; }
  h1 { font-size: 1.4rem; margin: 0 0 1rem; }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0 1.5rem; }
  td { padding: .35rem 0; border-top: 1px solid #eaeef2; vertical-align: top; }
  td:first-child { color: #59636e; width: 11rem; }
  button { font: inherit; font-weight: 600; color: #fff; background: #1f883d; border: 0; border-radius: 6px; padding: .6rem 1.2rem; cursor: pointer; }
  .wrong { border-left: 4px solid #cf222e; padding-left: 1rem; }
  .well { border-left: 4px solid #1f883d; padding-left: 1rem; }
  code { background: #f6f8fa; padding: .1rem .3rem; border-radius: 4px; overflow-wrap: anywhere; }`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ESCAPES[one] as string);

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
  `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

export interface StartPage {
  readonly target: string;
  readonly manifest: string;
  readonly owner: string;
  readonly permissions: Readonly<Record<string, string>>;
}

export function startPage({ target, manifest, owner, permissions }: StartPage): string {
  const rows = Object.entries(permissions).map(
    ([name, level]) => `<tr><td>${escaped(name.replaceAll('_', ' '))}</td><td>${escaped(level)}</td></tr>`,
  );
  return page(
    'Set up runners',
    `<h1>Create the GitHub App for ${escaped(owner)}</h1>
    <p>GitHub asks you once more before anything is made. The App gets these rights, and is told of jobs:</p>
    <table>${rows.join('')}<tr><td>event</td><td>workflow job</td></tr></table>
    <form method="post" action="${escaped(target)}">
      <input type="hidden" name="manifest" value="${escaped(manifest)}">
      <button id="create">Continue at GitHub</button>
    </form>`,
  );
}

export const donePage = (slug: string): string =>
  page(
    'App created',
    `<div class="well"><h1>The App <code>${escaped(slug)}</code> is created</h1>
    <p>Its key and secret are kept. Close this tab, and go on in the terminal.</p></div>`,
  );

export const wrongPage = (what: string, advice: string): string =>
  page(
    'Not done',
    `<div class="wrong"><h1>${escaped(what)}</h1><p>${escaped(advice)}</p><p><a href="/">Start again</a></p></div>`,
  );
