/**
 * GitHub's own pages for registering an App from a manifest, which a person sees in a browser.
 * @see https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { confirmation, installation, type Manifest, page, type Shown } from './html.ts';

/** GitHub docs: the code is good for one hour. */
const CODE_LIFE_MS = 3_600_000;
const NAME_MAX_CHARS = 34;

export interface AppPages {
  /** GitHub's web address, as `github.baseUrl` names it. */
  readonly origin: string;
  /** For `GitHubOptions.manifestConversion`: each code once, within its hour. */
  manifestConversion(code: string): Readonly<Record<string, unknown>> | null;
  /** Manifests of the Apps that were made. */
  readonly made: readonly Manifest[];
  close(): Promise<void>;
}

export interface AppPagesOptions {
  readonly nowMs: () => number;
  /** What an App gets: GitHub makes them, a test must know them. */
  readonly app: { readonly id: number; readonly pem: string; readonly webhookSecret: string };
  readonly takenNames?: readonly string[];
  /** Organisations whose Apps this person may make. */
  readonly organizations: readonly string[];
  /** A person lets the App into an organisation, on its page. */
  readonly install?: (owner: string) => void;
}

export type { Manifest } from './html.ts';

interface Reply {
  readonly status: number;
  readonly html?: string;
  readonly location?: string;
}

export async function serveAppPages(options: AppPagesOptions): Promise<AppPages> {
  const codes = new Map<string, Made>();
  const made: Manifest[] = [];
  const server = createServer(async (request, response) => {
    const form = await formOf(request);
    const reply = installing(request, form, options, made);
    send(response, reply ?? answer(request, form, options, codes, made));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    made,
    manifestConversion(code) {
      const found = codes.get(code);
      codes.delete(code);
      if (found === undefined || options.nowMs() - found.atMs > CODE_LIFE_MS) return null;
      return converted(found, options, origin);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

function converted(
  { manifest: { name, default_permissions = {}, default_events = [] }, owner }: Made,
  { app }: AppPagesOptions,
  origin: string,
) {
  return {
    id: app.id,
    slug: slugOf(name),
    name,
    client_id: 'Iv1.simulated',
    client_secret: 'a-secret-nobody-needs',
    webhook_secret: app.webhookSecret,
    pem: app.pem,
    html_url: `${origin}/apps/${slugOf(name)}`,
    owner: { login: owner, id: 1, type: 'Organization' },
    permissions: default_permissions,
    events: default_events,
  };
}

/** The page where an owner installs the App, and its button. Null: another page is asked for. */
function installing(
  { url = '/', method }: IncomingMessage,
  form: URLSearchParams,
  { install, organizations }: AppPagesOptions,
  made: readonly Manifest[],
): Reply | null {
  const slug = /^\/apps\/([^/]+)\/installations\/new$/.exec(url)?.[1];
  const app = made.find(({ name }) => slugOf(name) === slug);
  if (app === undefined || install === undefined) return null;
  if (method === 'GET') return { status: 200, html: installation(app, organizations) };
  const owner = form.get('owner') ?? '';
  if (!organizations.includes(owner)) return NOT_FOUND;
  install(owner);
  return { status: 200, html: page('Installed', `${app.name} is installed at ${owner}.`) };
}

type Made = { readonly manifest: Manifest; readonly owner: string; readonly atMs: number };
type Codes = Map<string, Made>;

function answer(
  request: IncomingMessage,
  form: URLSearchParams,
  options: AppPagesOptions,
  codes: Codes,
  made: Manifest[],
): Reply {
  const url = new URL(request.url ?? '/', 'http://github');
  const route = /^(?:\/organizations\/([^/]+))?\/settings\/apps(\/new)?$/.exec(url.pathname);
  const owner = route?.[1];
  // GitHub hides what a person may not do behind a 404.
  const isHidden = owner !== undefined && !options.organizations.includes(owner);
  if (route === null || isHidden || request.method !== 'POST') return NOT_FOUND;
  const manifest = manifestIn(form.get('manifest'));
  if (typeof manifest === 'string') return { status: 422, html: page('Invalid manifest', manifest) };
  const action = url.pathname.replace(/\/new$/, '');
  const shown = { manifest, action, owner: owner ?? 'you', objection: null };
  if (action !== url.pathname) {
    const state = url.searchParams.get('state') ?? '';
    return { status: 200, html: confirmation({ ...shown, name: manifest.name, state }) };
  }
  return register(
    { ...shown, name: form.get('name') ?? '', state: form.get('state') ?? '' },
    options,
    codes,
    made,
  );
}

function register(asked: Shown, options: AppPagesOptions, codes: Codes, made: Manifest[]): Reply {
  const { name, state } = asked;
  const objection = objectionTo(name, options);
  if (objection !== null) return { status: 200, html: confirmation({ ...asked, objection }) };
  const manifest = { ...asked.manifest, name };
  made.push(manifest);
  const code = `code${made.length}${'x'.repeat(30)}`;
  codes.set(code, { manifest, owner: asked.owner, atMs: options.nowMs() });
  return { status: 302, location: comingBack(manifest, code, state) };
}

function comingBack({ redirect_url }: Manifest, code: string, state: string): string {
  const back = new URL(redirect_url);
  back.searchParams.set('code', code);
  back.searchParams.set('state', state);
  return back.href;
}

function objectionTo(name: string, { takenNames = [] }: AppPagesOptions): string | null {
  if (name === '' || name.length > NAME_MAX_CHARS) return `Name must have 1 to ${NAME_MAX_CHARS} characters`;
  return takenNames.some((taken) => slugOf(taken) === slugOf(name)) ? 'Name is already taken' : null;
}

/** A string: what GitHub has against it. */
function manifestIn(text: string | null): Manifest | string {
  try {
    const manifest = JSON.parse(text ?? '') as Manifest;
    if (!manifest.url || !manifest.redirect_url) return 'url and redirect_url are needed';
    const hook = manifest.hook_attributes?.url;
    if (hook === undefined || /^https?:\/\/(localhost|127\.)/.test(hook))
      return 'Hook url is not supported because it isn’t reachable over the public Internet';
    return manifest;
  } catch (error) {
    if (error instanceof SyntaxError) return 'the manifest is no JSON';
    throw error;
  }
}

const NOT_FOUND: Reply = {
  status: 404,
  html: page('404', 'This is not the web page you are looking for.'),
};

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, { status, html = '', location }: Reply): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    ...(location === undefined ? {} : { location }),
  });
  response.end(html);
}
