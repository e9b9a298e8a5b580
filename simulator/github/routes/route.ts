/** A route, and what its answer may look at. */

import type { Caller } from '../auth.ts';
import type { State } from '../state.ts';
import type { SimResponse } from '../wire.ts';

export interface Call {
  readonly state: State;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  /** scheme and host, for links */
  readonly origin: string;
  readonly body: unknown;
}

export interface Route {
  /** Such as `GET /orgs/{org}/actions/runners`: the name under which calls are counted. */
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Throws `Refusal`. */
  readonly answer: (call: Call) => SimResponse;
}

export function route(name: string, answer: Route['answer']): Route {
  const [method = '', path = ''] = name.split(' ');
  const source = path.replace(/\{(\w+)\}/g, (_, key: string) => `(?<${key}>[^/]+)`);
  return { name, method, pattern: new RegExp(`^${source}$`), answer };
}

export const param = (call: Call, key: string): string => call.params[key] ?? '';
export const numberParam = (call: Call, key: string): number => Number(param(call, key));
