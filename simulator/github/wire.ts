/** Requests and answers as both transports see them, and the faults that a test can ask for. */

export interface SimRequest {
  readonly method: string;
  /** With its query, without scheme and host. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The caller's address; absent: nobody looked. */
  readonly from?: string;
}

export interface SimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A string where the JSON was cut; null: no body. */
  readonly body: unknown;
}

/** What goes wrong with one request, in words of the domain. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  | { readonly kind: 'secondary-limit'; readonly retryAfterS: number | null; readonly status?: 403 | 429 }
  | { readonly kind: 'primary-limit'; readonly resetInS: number }
  /** Answers, but late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Never answers; the connection ends after `ms`. The effect happened, or did not. */
  | { readonly kind: 'timeout'; readonly effect: 'before' | 'after'; readonly ms: number }
  /** The connection is cut at once. */
  | { readonly kind: 'hang-up'; readonly effect: 'before' | 'after' }
  /** The JSON ends in the middle. */
  | { readonly kind: 'truncated' }
  /** A list without its things, that says nothing is wrong. */
  | { readonly kind: 'empty-page' };

export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

export const ok = (body: unknown, status = 200): SimResponse => ({ status, headers: {}, body });
export const noContent = (): SimResponse => ({ status: 204, headers: {}, body: null });

export interface Page {
  readonly number: number;
  readonly size: number;
}

/** GitHub docs, pagination: 30 a page, at most 100; more is silently cut to 100. */
export function pageOf(query: URLSearchParams): Page {
  const size = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  return { number: Math.max(1, Number(query.get('page') ?? 1) || 1), size };
}

/** One page of a counted list with its Link header. */
export function listed<Thing>(
  origin: string,
  url: URL,
  key: string,
  things: readonly Thing[],
  render: (thing: Thing) => unknown,
): SimResponse {
  const page = pageOf(url.searchParams);
  const shown = things.slice((page.number - 1) * page.size, page.number * page.size);
  const last = Math.max(1, Math.ceil(things.length / page.size));
  const link = (number: number, rel: string): string => {
    const query = new URLSearchParams(url.searchParams);
    query.set('page', String(number));
    return `<${origin}${url.pathname}?${query}>; rel="${rel}"`;
  };
  const links =
    page.number < last
      ? [link(page.number + 1, 'next'), link(last, 'last')]
      : page.number > 1
        ? [link(page.number - 1, 'prev'), link(1, 'first')]
        : [];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {};
  return { status: 200, headers, body: { total_count: things.length, [key]: shown.map(render) } };
}

/** JSON in which a bigint is a plain number, as GitHub writes ids beyond 2^53. */
export function jsonText(body: unknown): string {
  const text = JSON.stringify(body, (_key, value) =>
    typeof value === 'bigint' ? `\u0001${value}\u0001` : value,
  );
  return text.replace(/"\\u0001(\d+)\\u0001"/g, '$1');
}

export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
