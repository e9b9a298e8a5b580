/**
 * Who calls. GitHub docs, "Generating a JSON Web Token for a GitHub App": RS256, `iat` not in the future,
 * `exp` at most ten minutes ahead, `iss` the App's id. Messages as GitHub words them: octokit's auth-app reads them.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { checkAddress, repositoriesOf } from './accounts.ts';
import type { Installation, InstallationToken, Permissions } from './model.ts';
import type { State } from './state.ts';
import { isoTime, notFound, ok, Refusal, type SimRequest, type SimResponse } from './wire.ts';

export type Caller =
  | { readonly kind: 'app'; readonly name: string; readonly jwt: string }
  | {
      readonly kind: 'installation';
      readonly name: string;
      readonly installation: Installation;
      readonly token: InstallationToken;
    }
  | { readonly kind: 'nobody'; readonly name: string };

const TOKEN_LIFE_MS = 3_600_000;
const JWT_LIFE_MAX_S = 600;
const undecodable = (): Refusal => new Refusal(401, 'A JSON web token could not be decoded');
const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials');

export function authenticate(state: State, request: SimRequest): Caller {
  const header = request.headers.authorization;
  if (header === undefined) return { kind: 'nobody', name: 'anonymous' };
  const [scheme = '', credential = ''] = header.split(' ');
  if (!/^(bearer|token)$/i.test(scheme)) throw badCredentials();
  if (credential.split('.').length === 3) {
    verifyJwt(state, credential);
    return { kind: 'app', name: `app ${state.options.app.id}`, jwt: credential };
  }
  return installationCaller(state, credential, request);
}

function installationCaller(state: State, credential: string, request: SimRequest): Caller {
  const token = state.tokens.get(credential);
  const nowMs = state.clock.nowMs();
  if (token === undefined || nowMs >= token.expiresAtMs) throw badCredentials();
  if (nowMs < token.bornAtMs + state.behaviour.tokenDelayMs) throw badCredentials();
  const installation = state.installations.get(token.installationId);
  if (installation === undefined) throw badCredentials();
  if (installation.isSuspended) throw new Refusal(403, 'This installation has been suspended');
  checkAddress(installation.account, request.from);
  return { kind: 'installation', name: `installation ${installation.id}`, installation, token };
}

const keys = new Map<string, KeyObject>();

function publicKey(pem: string): KeyObject {
  const key = keys.get(pem) ?? createPublicKey(pem);
  keys.set(pem, key);
  return key;
}

function verifyJwt(state: State, jwt: string): void {
  const [head, payload, signature] = jwt.split('.') as [string, string, string];
  if (objectIn(head).alg !== 'RS256') throw undecodable();
  const claims = objectIn(payload);
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${payload}`),
    publicKey(state.options.app.publicKeyPem),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw undecodable();
  verifyClaims(claims, Math.floor(state.clock.nowMs() / 1000));
  if (String(claims.iss) !== String(state.options.app.id)) throw new Refusal(404, 'Integration not found');
}

function verifyClaims({ iat, exp }: Record<string, unknown>, nowS: number): void {
  if (!Number.isInteger(iat) || (iat as number) > nowS) {
    const claim =
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    throw new Refusal(401, claim);
  }
  if (!Number.isInteger(exp) || (exp as number) <= nowS) {
    const claim =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    throw new Refusal(401, claim);
  }
  if ((exp as number) > nowS + JWT_LIFE_MAX_S) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

function objectIn(part: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw undecodable();
}

/**
 * `POST /app/installations/{id}/access_tokens`. A JWT that has bought a token already is not accepted again and
 * looks like no installation (terraform-aws-github-runner issue 5025): the less convenient reading.
 */
export function issueToken(state: State, caller: Caller, id: number, body: unknown): SimResponse {
  if (caller.kind !== 'app') throw undecodable();
  spend(state, caller.jwt);
  const installation = state.installations.get(id);
  if (installation === undefined) throw notFound();
  if (installation.isSuspended) throw new Refusal(403, 'This installation has been suspended');
  const nowMs = state.clock.nowMs();
  const token: InstallationToken = {
    token: `ghs_${letters(state, 36)}`,
    installationId: id,
    permissions: granted(state, body),
    repositories: repositoriesFor(state, installation, body),
    bornAtMs: nowMs,
    expiresAtMs: nowMs + TOKEN_LIFE_MS,
  };
  state.tokens.set(token.token, token);
  forgetExpired(state, nowMs);
  return ok(
    {
      token: token.token,
      expires_at: isoTime(token.expiresAtMs),
      permissions: token.permissions,
      repository_selection:
        installation.repositories === 'all' && token.repositories === 'all' ? 'all' : 'selected',
    },
    201,
  );
}

function spend(state: State, jwt: string): void {
  const print = createHash('sha256').update(jwt).digest('base64');
  if (state.spentJwts.has(print)) throw notFound();
  state.spentJwts.set(print, state.clock.nowMs());
}

function forgetExpired(state: State, nowMs: number): void {
  for (const [print, atMs] of state.spentJwts) {
    if (atMs < nowMs - 2 * JWT_LIFE_MAX_S * 1000) state.spentJwts.delete(print);
  }
  for (const [token, { expiresAtMs }] of state.tokens) {
    if (expiresAtMs < nowMs) state.tokens.delete(token);
  }
}

function granted(state: State, body: unknown): Permissions {
  const asked = (body as { permissions?: Permissions } | undefined)?.permissions;
  if (asked === undefined) return state.permissions;
  for (const [name, level] of Object.entries(asked)) {
    const has = state.permissions[name];
    if (has === undefined || (has === 'read' && level === 'write')) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return asked;
}

/** GitHub docs: 422 for a repository that the installation has not; names come without their owner. */
function repositoriesFor(
  state: State,
  installation: Installation,
  body: unknown,
): InstallationToken['repositories'] {
  const asked = (body as { repositories?: readonly string[] } | undefined)?.repositories;
  if (asked === undefined) return 'all';
  const had = new Map(
    repositoriesOf(state, installation).map(({ fullName }) => [
      fullName.split('/')[1]?.toLowerCase(),
      fullName,
    ]),
  );
  return asked.map((name) => {
    const fullName = had.get(name.toLowerCase());
    if (fullName === undefined)
      throw new Refusal(
        422,
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    return fullName.toLowerCase();
  });
}

export function letters(state: State, length: number): string {
  const from = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => from[state.random.whole(0, from.length - 1)]).join('');
}

/** Refuses like GitHub: 403 where the App lacks the permission. */
export function demand(caller: Caller, permission: string, level: 'read' | 'write'): void {
  const has = caller.kind === 'installation' ? caller.token.permissions[permission] : undefined;
  if (has === undefined || (level === 'write' && has === 'read')) {
    throw new Refusal(403, 'Resource not accessible by integration');
  }
}

export function demandApp(caller: Caller): void {
  if (caller.kind !== 'app') throw undecodable();
}
