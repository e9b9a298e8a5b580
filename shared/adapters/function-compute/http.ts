/**
 * Function Compute's HTTP trigger, event shape `v1`.
 * @see https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
 */

/** As the trigger hands it over, as far as we read it. */
interface HttpEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext?: { readonly http?: { readonly sourceIp?: unknown } };
}

/** One HTTP POST, its body not decoded yet. */
export interface HttpRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As the trigger says; null: it says none. */
  readonly sourceIp: string | null;
  /** Of the body once it is decoded. */
  readonly bodyBytes: number;
  readonly body: () => Uint8Array;
}

/** Every field is always there: what the trigger makes of less is not documented. */
export interface FcReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
}

/**
 * Header names arrive in Go's canonical case: here they become lower-case. Null: not an HTTP event. An event of more
 * than `maxBytes` is not looked into.
 */
export function parseHttpEvent(event: Uint8Array, maxBytes: number): HttpRequest | 'too large' | null {
  if (event.length > maxBytes) return 'too large';
  const http = httpEventOf(event);
  if (http === null) return null;
  const names = Object.entries(http.headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const encoding = http.isBase64Encoded ? 'base64' : 'utf8';
  const sourceIp = http.requestContext?.http?.sourceIp;
  return {
    headers: Object.fromEntries(names),
    sourceIp: typeof sourceIp === 'string' ? sourceIp : null,
    bodyBytes: Buffer.byteLength(http.body, encoding),
    body: () => Buffer.from(http.body, encoding),
  };
}

export function httpReply(status: number, text: string): FcReply {
  return {
    statusCode: status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    isBase64Encoded: false,
    body: text,
  };
}

function httpEventOf(event: Uint8Array): HttpEvent | null {
  try {
    const json: unknown = JSON.parse(textOf(event));
    return isHttpEvent(json) ? json : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Without a copy: an event may be of megabytes. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8');

function isHttpEvent(json: unknown): json is HttpEvent {
  if (typeof json !== 'object' || json === null) return false;
  const { headers, body, isBase64Encoded } = json as Partial<Record<keyof HttpEvent, unknown>>;
  return (
    typeof headers === 'object' &&
    headers !== null &&
    typeof body === 'string' &&
    typeof isBase64Encoded === 'boolean'
  );
}
