/**
 * One signed call to an Alibaba Cloud API, by its name: for what has no adapter of its own (secrets, and the
 * operator's commands).
 */
import { CALL_MAX_MS } from '../../limits.ts';
import { ofUntrusted } from '../http/exchange.ts';
import type { AccessKey } from './acs3.ts';
import { type Answer, type Call, codeOf, send } from './send.ts';

/** The parsed body of the answer. */
export type CallAlibaba = (call: Call) => Promise<Record<string, unknown>>;

/**
 * The service said no; `code` is its own, such as `Forbidden.RAM`, or ours where one word of its stands for two things (`codeIn`).
 * Holds none of its sentences: a refused signature is answered with all that was signed, and that can be a secret.
 */
export class AlibabaRefusal extends Error {
  override readonly name = 'AlibabaRefusal';
  readonly code: string;
  readonly statusCode: number;
  /** `lacking`: the right that was not there, and by what, as `lackingIn` has it. */
  constructor(action: string, code: string, statusCode: number, lacking = '') {
    super(`${action} was refused: ${statusCode} ${code}${lacking === '' ? '' : ` (${lacking})`}`);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** There was no answer that could be read. */
export class NoAlibabaAnswer extends Error {
  override readonly name = 'NoAlibabaAnswer';
  constructor({ action, endpoint }: Call, cause: unknown = null) {
    const why = ofUntrusted(cause);
    super(`${action} got no answer from ${new URL(endpoint).host}${why === '' ? '' : `: ${why}`}`);
  }
}

/** Credentials are asked for at each call: a function's are renewed while it lives. */
export function alibabaCaller(accessKey: () => AccessKey | Promise<AccessKey>): CallAlibaba {
  return async (call) => {
    const key = await accessKey();
    const answer = await send(call, key, CALL_MAX_MS).catch((error: unknown) => {
      throw new NoAlibabaAnswer(call, error);
    });
    return bodyIn(answer, call);
  };
}

/**
 * Function Compute answers a deletion with 204 and nothing (SDK of version 2023-03-30: bodyType none). An empty answer to
 * anything else tells nothing, as does one that a proxy on the way wrote.
 */
function bodyIn({ status, body, isEmpty }: Answer, call: Call): Record<string, unknown> {
  const isObject = typeof body === 'object' && body !== null;
  if (isEmpty && call.roa?.method === 'DELETE' && status >= 200 && status < 300) return {};
  const code = codeIn(body);
  if (status >= 400 && code !== '') throw new AlibabaRefusal(call.action, code, status, lackingIn(body));
  if (status >= 400 || !isObject) throw new NoAlibabaAnswer(call);
  return body as Record<string, unknown>;
}

/** Function Compute has one code for who may not, and for an account that has not activated it: its words tell them apart. */
function codeIn(body: unknown): string {
  const { Message, message = Message } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return /service is not enabled for current user/i.test(String(message))
    ? 'ServiceNotActivated'
    : codeOf(body);
}

/**
 * The right as RAM names it, such as `ecs:RunInstances`: an action may want others than its own. Of RAM docs, "How to troubleshoot
 * an access denied error": `AccessDeniedDetail`, of which these two fields are words out of lists. Empty: the service does not say.
 */
function lackingIn(body: unknown): string {
  const { AccessDeniedDetail: detail } = (body ?? {}) as { readonly AccessDeniedDetail?: unknown };
  const { AuthAction, PolicyType } = (detail ?? {}) as Readonly<Record<string, unknown>>;
  const right = /^[a-z-]+:\w+$/.exec(String(AuthAction))?.[0] ?? '';
  return [right, PolicyType === 'ControlPolicy' ? 'by a control policy of the resource directory' : '']
    .filter((each) => each !== '')
    .join(', ');
}
