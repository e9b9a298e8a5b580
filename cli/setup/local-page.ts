/** The page that posts the manifest, and the address that GitHub comes back to: on this machine alone. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { OperatingWords } from '../../shared/words/operating.ts';
import { CLOSED_HEADERS, isLocalHost, isSame, listenLocally } from '../shared/screen/local-server.ts';
import { manifestFor, manifestTarget } from './manifest.ts';
import { donePage, startPage, wrongPage } from './page.ts';
import type { Answers, Converted } from './progress.ts';

export interface LocalPage {
  /** What the operator opens. */
  readonly url: string;
  /** The App, once GitHub came back with a code that was good. */
  readonly converted: Promise<Converted>;
  close(): Promise<void>;
}

export interface LocalPageOptions {
  readonly answers: Answers;
  readonly state: string;
  /** The code for the App; null: GitHub knows no such code (any more). 'of another': it is not of the owner that was named. */
  readonly convert: (code: string) => Promise<Converted | 'of another' | null>;
  readonly words: OperatingWords;
  readonly port?: number;
}

interface Reply {
  readonly status: number;
  readonly html: string;
}

export async function localPage(options: LocalPageOptions): Promise<LocalPage> {
  let found: (converted: Converted) => void = () => undefined;
  const converted = new Promise<Converted>((resolve) => {
    found = resolve;
  });
  // Whoever else is on this machine does not know it, and so not the state that the page holds.
  const path = `/${randomBytes(16).toString('base64url')}`;
  const server = createServer(async (request, response) => {
    const reply = await answer(request, { ...options, path }, found).catch(noAnswer(options.words));
    send(response, reply, options.answers.baseUrl);
  });
  const origin = await listenLocally(server, options.port);
  return {
    url: `${origin}${path}`,
    converted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

const noAnswer =
  (words: OperatingWords) =>
  (error: unknown): Reply => ({
    status: 502,
    html: wrongPage(
      'GitHub gave no answer that could be read',
      error instanceof Error ? error.message : '',
      words,
    ),
  });

type Options = LocalPageOptions & { readonly path: string };

async function answer(
  request: IncomingMessage,
  options: Options,
  found: (converted: Converted) => void,
): Promise<Reply> {
  const host = request.headers.host ?? '';
  // Another site would not know the state, and gets nothing else either.
  if (!isLocalHost(host))
    return { status: 421, html: wrongPage('Not here', 'Use 127.0.0.1.', options.words) };
  const url = new URL(request.url ?? '/', `http://${host}`);
  if (request.method !== 'GET')
    return { status: 405, html: wrongPage('Not so', 'This page is only looked at.', options.words) };
  if (isSame(url.pathname, options.path)) return { status: 200, html: start(options, url.origin) };
  if (url.pathname === '/callback') return callback(url.searchParams, options, found);
  return { status: 404, html: wrongPage('Not here', 'There is nothing at this address.', options.words) };
}

function start({ answers, state, words }: LocalPageOptions, origin: string): string {
  const manifest = manifestFor(answers, `${origin}/callback`);
  const shown = {
    target: manifestTarget(answers, state),
    manifest: JSON.stringify(manifest),
    owner: answers.owner,
    permissions: manifest.default_permissions,
  };
  return startPage(shown, words);
}

async function callback(
  query: URLSearchParams,
  { state, convert, path, words }: Options,
  found: (converted: Converted) => void,
): Promise<Reply> {
  if (!isSame(query.get('state') ?? '', state))
    return {
      status: 400,
      html: wrongPage(
        'This is not the answer to our question',
        'It belongs to another run of set-up, and nothing of it is kept. If an App was made, delete it at GitHub.',
        words,
      ),
    };
  const code = query.get('code') ?? '';
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(code))
    return {
      status: 400,
      html: wrongPage('GitHub made no App', 'It was denied or left. Nothing has changed.', words, path),
    };
  const converted = await convert(code);
  if (converted === null)
    return {
      status: 410,
      html: wrongPage(
        'GitHub does not know this code any more',
        'It is good once, and for an hour. If an App was made, delete it at GitHub: its key is lost.',
        words,
        path,
      ),
    };
  if (converted === 'of another')
    return {
      status: 409,
      html: wrongPage(
        'This App belongs to somebody else',
        'It is not of the owner that was named, and nothing of it is kept. If you made it, delete it at GitHub.',
        words,
        path,
      ),
    };
  found(converted);
  return { status: 200, html: donePage(converted.slug, words) };
}

function send(response: ServerResponse, { status, html }: Reply, baseUrl: string): void {
  const { origin } = new URL(baseUrl);
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    ...CLOSED_HEADERS,
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action ${origin}; frame-ancestors 'none'; base-uri 'none'`,
    connection: 'close',
  });
  response.end(html);
}
