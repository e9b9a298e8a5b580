/** How GitHub's pages for registering an App look, as far as a person needs it. */

export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly redirect_url: string;
  readonly hook_attributes?: { readonly url?: string };
  readonly default_permissions?: Readonly<Record<string, string>>;
  readonly default_events?: readonly string[];
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? one);

export const page = (title: string, body: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>body{font:15px sans-serif;margin:3rem auto;max-width:34rem}.flash{color:#cf222e}</style><h1>${escaped(title)}</h1><p>${body}</p>`;

export interface Shown {
  readonly manifest: Manifest;
  readonly name: string;
  readonly state: string;
  readonly action: string;
  readonly objection: string | null;
  readonly owner: string;
}

export function confirmation({ manifest, name, state, action, objection, owner }: Shown): string {
  const flash = objection === null ? '' : `<p class="flash" role="alert">${escaped(objection)}</p>`;
  return page(
    `Create GitHub App for ${owner}`,
    `${flash}<form method="post" action="${escaped(action)}">
      <input type="hidden" name="manifest" value="${escaped(JSON.stringify(manifest))}">
      <input type="hidden" name="state" value="${escaped(state)}">
      <label>GitHub App name <input name="name" value="${escaped(name)}" size="34"></label>
      <button id="submit">Create GitHub App for ${escaped(owner)}</button>
    </form>`,
  );
}

export function installation({ name }: Manifest, owners: readonly string[]): string {
  const buttons = owners.map(
    (owner) => `<button name="owner" value="${escaped(owner)}">Install at ${escaped(owner)}</button>`,
  );
  return page(`Install ${name}`, `<form method="post">${buttons.join('')}</form>`);
}
