/** One signed call to ECS. No retries in here: whoever calls knows which words may be said twice. */
import { ECS_CALL_MAX_MS } from '../../limits.ts';
import { withoutSecrets } from '../../story/outside-text.ts';
import type { SigningKey } from '../alibaba/acs3.ts';
import { type Answer, send } from '../alibaba/send.ts';
import { ofUntrusted } from '../http/exchange.ts';

/**
 * Answers with the body, its names as ECS spells them. Throws EcsFailure, or a refusal of the same shape. `maxMs`: an asker who
 * has less time than one try may take.
 */
export type EcsCall = (
  region: string,
  action: string,
  params: Readonly<Record<string, string>>,
  maxMs?: number,
) => Promise<Record<string, unknown>>;

const WORDS_MAX_CHARS = 300;

/**
 * Why a call gave no body. With a status ECS itself spoke; without, `NotSent` is sure that it heard nothing, and
 * `NoAnswer` is sure of nothing. Built from its code and its own words, scrubbed; never from an address, which holds every parameter, and with it user data.
 */
export class EcsFailure extends Error {
  override readonly name = 'EcsFailure';
  readonly code: string;
  readonly status: number | null;

  constructor(code: string, status: number | null, words = '') {
    // Scrubbed before it is cut: half a secret looks like none.
    const said = withoutSecrets(words).slice(0, WORDS_MAX_CHARS);
    super(`ECS: ${code}${status === null ? '' : ` (${status})`}${said === '' ? '' : `: ${said}`}`);
    this.code = code;
    this.status = status;
  }
}

export interface EcsCallOptions {
  /** Asked before each call: the credentials of a function are renewed while it lives. */
  readonly credentials: () => Promise<SigningKey>;
  /** host, or host:port, without scheme */
  readonly endpointOf?: (region: string) => string;
  /** HTTP is for the simulator. */
  readonly protocol?: 'HTTP' | 'HTTPS';
  /** One try, from the first word said to the last one heard. */
  readonly callMaxMs?: number;
}

export function ecsCall(options: EcsCallOptions): EcsCall {
  const { endpointOf = publicEndpoint, protocol = 'HTTPS', callMaxMs = ECS_CALL_MAX_MS } = options;
  return async (region, action, params, maxMs = callMaxMs) => {
    const call = {
      endpoint: `${protocol.toLowerCase()}://${endpointOf(region)}`,
      action,
      version: '2014-05-26',
      query: { RegionId: region, ...params },
    };
    const key = await options.credentials();
    const answer = await send(call, key, Math.min(maxMs, callMaxMs)).catch((error: unknown) => {
      throw new EcsFailure(isNotSent(error) ? 'NotSent' : 'NoAnswer', null, ofUntrusted(error));
    });
    return bodyOf(answer);
  };
}

/** Of ECS_ENDPOINT, one for all regions: a simulator's is on HTTP, a private one is not. */
export function ecsAddress(endpoint: string | undefined): Pick<EcsCallOptions, 'endpointOf' | 'protocol'> {
  if (endpoint === undefined || endpoint === '') return {};
  const { protocol, host } = new URL(endpoint);
  return { endpointOf: () => host, protocol: protocol === 'http:' ? 'HTTP' : 'HTTPS' };
}

/** Alibaba Cloud docs, "ECS endpoints". */
function publicEndpoint(region: string): string {
  return `ecs.${region}.aliyuncs.com`;
}

function bodyOf({ status, body }: Answer): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new EcsFailure('NoAnswer', null);
  if (status < 400) return body as Record<string, unknown>;
  const { Code, Message } = body as { Code?: unknown; Message?: unknown };
  if (typeof Code !== 'string') throw new EcsFailure('NoAnswer', null);
  throw new EcsFailure(Code, status, typeof Message === 'string' ? Message : '');
}

/** The request never left: there was nobody to send it to. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

const isNotSent = (error: unknown): boolean => NOT_SENT.has(String((error as { code?: unknown }).code));
