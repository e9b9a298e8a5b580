/**
 * One signed call to an Alibaba Cloud API, by its name: for what has no adapter of its own (secrets, and the
 * operator's commands). The SDK is loaded at the first call, so that whoever never calls starts without it.
 */
import type { AccessKey, Call } from './sdk.ts';
/** The parsed body of the answer. */
export type CallAlibaba = (call: Call) => Promise<Record<string, unknown>>;

/**
 * The service said no; `code` is its own, such as `Forbidden.RAM`. Holds none of its words: a refused signature is
 * answered with all that was signed, and that can be a secret.
 */
export class AlibabaRefusal extends Error {
  override readonly name = 'AlibabaRefusal';
  readonly code: string;
  readonly statusCode: number;
  constructor(action: string, code: string, statusCode: number) {
    super(`${action} was refused: ${statusCode} ${code}`);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** There was no answer that could be read. */
export class NoAlibabaAnswer extends Error {
  override readonly name = 'NoAlibabaAnswer';
  constructor({ action, endpoint }: Call) {
    super(`${action} got no answer from ${new URL(endpoint).host}`);
  }
}

/** Credentials are asked for at each call: a function's are renewed while it lives. */
export function alibabaCaller(accessKey: () => AccessKey | Promise<AccessKey>): CallAlibaba {
  return async (call) => {
    const { send } = await import('./sdk.ts');
    const key = await accessKey();
    try {
      return await send(call, key);
    } catch (error) {
      throw failureIn(error, call);
    }
  };
}

/** The SDK's own error holds the address, and with it every parameter: nothing of it is kept but the code. */
function failureIn(error: unknown, call: Call): Error {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error))
    return new NoAlibabaAnswer(call);
  const { code, statusCode } = error as Error & { code: unknown; statusCode: unknown };
  return typeof code === 'string' && typeof statusCode === 'number'
    ? new AlibabaRefusal(call.action, code, statusCode)
    : new NoAlibabaAnswer(call);
}
