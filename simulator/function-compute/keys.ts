/** Temporary credentials of a function's role, as its context brings them: good for 36 hours. */
import type { Account } from '../accounts.ts';
import type { Random } from '../random.ts';
import type { Context, FunctionSpec } from './model.ts';

/** Alibaba Cloud docs, Function Compute, context: "credentials … valid for 36 hours". */
const KEY_LIFE_MS = 36 * 3_600_000;

/** Fresh ones each time: who keeps them across invocations is found out when they end. */
export function issueKey(
  spec: FunctionSpec,
  account: Account,
  nowMs: number,
  random: Random,
): Context['credentials'] {
  // STS key ids begin with `STS.`; the older client looks for just that before it sends a token.
  const accessKeyId = `STS.${hex(random, 24)}`;
  const accessKeySecret = hex(random, 32);
  const securityToken = `CAIS${hex(random, 60)}`;
  account.add(accessKeyId, {
    secret: accessKeySecret,
    securityToken,
    expiresAtMs: nowMs + KEY_LIFE_MS,
    ...(spec.mayDo && { mayDo: spec.mayDo }),
  });
  return { accessKeyId, accessKeySecret, securityToken };
}

export function hex(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.whole(0, 0xffff).toString(16).padStart(4, '0');
  return text.slice(0, length);
}

/** As in the documentation's examples: `1-64f6cd87-…`. */
export function newRequestId(random: Random): string {
  return `1-${hex(random, 8)}-${hex(random, 24)}`;
}
