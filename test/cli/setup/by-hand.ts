/** What a person does in the browser, without one. */

interface Detours {
  readonly name?: string;
  readonly state?: string;
  /** The first page as somebody else changed it. */
  readonly page?: (html: string) => string;
}

/** What a browser does: the manifest posted, GitHub's page confirmed, the way back taken. Answers with the last page. */
export async function createApp(
  url: string,
  { name, state, page = (html) => html }: Detours = {},
): Promise<Response> {
  const first = await post(page(await (await fetch(url)).text()));
  const confirmation = await first.text();
  if (!first.ok) return new Response(confirmation, { status: first.status });
  const second = await post(confirmation, first.url, { ...(name && { name }), ...(state && { state }) });
  const back = second.headers.get('location');
  return back === null ? second : fetch(back);
}

const unescaped = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (one) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" })[one] ?? one,
  );

function post(html: string, base = '', changes: Record<string, string> = {}): Promise<Response> {
  const action = unescaped(/<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? '');
  const fields = [...html.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map(
    ([, field, value]) => [field as string, unescaped(value as string)] as [string, string],
  );
  const body = new URLSearchParams({ ...Object.fromEntries(fields), ...changes });
  return fetch(new URL(action, base || undefined), { method: 'POST', body, redirect: 'manual' });
}

/** A door for each page that is opened: whoever comes in does what a person would. */
export const doorFor =
  (browse: (url: string) => Promise<unknown>, said: string[]) =>
  (url: string): (() => void) => {
    browse(url).catch((error: unknown) => said.push(String(error)));
    return () => undefined;
  };
