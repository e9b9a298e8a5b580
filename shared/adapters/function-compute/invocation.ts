/** What one invocation needs and how it ends, whichever signature it bears. */

/** Temporary, and new with each invocation of ours: read again for each call. */
export interface FcCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export interface FcCall {
  /** With scheme, such as https://123.cn-hongkong.fc.aliyuncs.com: the SDKs' own defaults lack the region. */
  readonly endpoint: URL;
  readonly accountId: string;
  readonly region: string;
  readonly credentials: FcCredentials;
  readonly functionName: string;
  readonly body: Buffer;
  readonly timeoutMs: number;
  /** Absent: `Async`. */
  readonly type?: 'Async' | 'Sync';
}

/** A status of 2xx is acceptance. `code` is the service's own word, '' when it gave none. */
export interface FcAnswer {
  readonly status: number;
  readonly code: string;
  /** What a synchronous one gave, or why it failed; undefined where it was no JSON. */
  readonly body?: unknown;
}

/** Throws when there was no answer. */
export type Invoke = (call: FcCall) => Promise<FcAnswer>;

/** FC 3.0, SDK model `InvokeFunction` of version 2023-03-30. */
export const FC_VERSION = '2023-03-30';
export const pathOf = (functionName: string): string =>
  `/functions/${encodeURIComponent(functionName)}/invocations`;
