/** The words of the Function Compute simulator. Version 3.0, built-in runtime nodejs20: one request an instance. */
import type { Life, RunOutcome } from './life.ts';

/** What a function is handed. @see https://www.alibabacloud.com/help/en/functioncompute/context-1-1 */
export interface Context {
  readonly requestId: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string;
  };
  readonly function: {
    readonly name: string;
    readonly handler: string;
    readonly memory: number;
    /** seconds */
    readonly timeout: number;
  };
  readonly region: string;
  readonly accountId: string;
  /** In process alone: how `abandonWhenKilled` ends what the run would still do. */
  readonly life: Life;
}

export type Body = (event: Buffer, context: Context) => Promise<unknown>;

/** Where instances of a function live; each has its own memory, and one request at a time. */
export interface Host {
  /** Simulated milliseconds that pass in one real one while it works: its timeout is held against real time. 0: it works on the simulator's clock. */
  readonly pace: number;
  open(onLine: (line: string) => void): Instance;
}

export interface Instance {
  run: Body;
  /** Ends it in the middle of whatever it does. */
  kill(): void;
}

export interface FunctionSpec {
  readonly name: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly body: Body | Host;
  /** `maxAsyncRetryAttempts`, 0-8; default 3 (SDK model PutAsyncInvokeConfigInput) */
  readonly asyncRetries?: number;
  /** `maxAsyncEventAgeInSeconds` as milliseconds; default a day (the same model) */
  readonly eventAgeMaxMs?: number;
  /** `reservedConcurrency` */
  readonly concurrency?: number;
  /** `destinationConfig.onFailure`: the name of another function of this simulator */
  readonly onFailure?: string;
  readonly timer?: { readonly name: string; readonly cron: string; readonly payload: string };
  readonly http?: { readonly methods: readonly string[] };
  /** What its role allows; absent: everything. Takes RAM action names. */
  readonly mayDo?: (action: string) => boolean;
}

/** Chances between 0 and 1, drawn each time; to be changed while it runs. */
export interface Faults {
  /** Accepted and lost: documented for internal errors, which are not tried again. */
  drop: number;
  /** Run twice: asynchronous invocation is at least once. */
  duplicate: number;
  /** Refused with 429 before it is accepted. */
  throttle: number;
  /** Refused with 500; the event may be accepted all the same. */
  serverError: number;
  /** The run ends after one of its calls to the world, drawn at each (see `abandonWhenKilled`). */
  kill: number;
  /** The same, by choice: the number of calls to the world that have come back. */
  killAt: ((functionName: string, calls: number) => boolean) | null;
  /** The run ends this long after its start; null lets it live. Works for hosted bundles too. */
  killAfterMs: ((functionName: string) => number | null) | null;
  skipTimer: number;
  doubleTimer: number;
}

export const noFaults = (): Faults => ({
  drop: 0,
  duplicate: 0,
  throttle: 0,
  serverError: 0,
  kill: 0,
  killAt: null,
  killAfterMs: null,
  skipTimer: 0,
  doubleTimer: 0,
});

/** What an invocation by API is answered with. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string };

/** For a display, and for tests. */
export type InvocationEvent =
  | { readonly kind: 'accepted'; readonly functionName: string; readonly requestId: string }
  | {
      readonly kind: 'started';
      readonly functionName: string;
      readonly requestId: string;
      readonly isCold: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly functionName: string;
      readonly requestId: string;
      readonly outcome: RunOutcome['kind'];
      readonly because: string;
      readonly tookMs: number;
    }
  /** Accepted, and never to be run again. */
  | {
      readonly kind: 'dropped';
      readonly functionName: string;
      readonly requestId: string;
      readonly because: string;
    };
