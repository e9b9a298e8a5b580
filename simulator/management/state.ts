/** What an account owns besides instances: functions, roles, stacks, networks, quotas. To be changed by tests at any time. */
import type { OidcIssuer, OidcProvider } from './identity-provider.ts';
import type { AppliedTemplate, SimStack } from './stack.ts';

export interface RoaCall {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: Query;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the code of a version can be fetched. */
  readonly origin: string;
}

export interface SimTrigger {
  readonly name: string;
  readonly type: 'http' | 'timer';
  config: Readonly<Record<string, unknown>>;
  url: string | null;
}

export interface SimFunction {
  description: string;
  role: string;
  timeout: number;
  memorySize: number;
  code: Buffer;
  environmentVariables: Readonly<Record<string, string>>;
  triggers: SimTrigger[];
  /** Null: none configured. */
  onFailure: string | null;
  versions: SimVersion[];
  /** Absent: true, as the service has it. */
  internetAccess?: boolean;
  vpcConfig?: { readonly vpcId: string };
  /** `maxAsyncRetryAttempts`, `maxAsyncEventAgeInSeconds` and `reservedConcurrency`; absent: the service's own. */
  asyncRetries?: number;
  asyncAgeS?: number;
  /** Its asynchronous invocation is configured, be it without a destination. */
  isAsync?: boolean;
  concurrency?: number;
  /** What a person may give it in the console. */
  tags?: readonly { readonly key: string; readonly value: string }[];
  scaling?: Readonly<Record<string, unknown>>;
  vpcIds?: readonly string[];
}

/** FC's own addresses are shared by all accounts; the other is the NAT gateway's of the functions' network. */
export const EGRESS = { shared: '198.51.100.1', nat: '203.0.113.9' } as const;

/**
 * FC docs, "Configure a fixed public IP address": "Allow default NIC to access the Internet" must be off, or the fixed address
 * has no effect. Without either there is no way out.
 */
export function egressOf({ internetAccess = true, vpcConfig }: SimFunction): keyof typeof EGRESS | null {
  if (internetAccess) return 'shared';
  return vpcConfig === undefined ? null : 'nat';
}

export interface SimVersion {
  readonly id: string;
  readonly description: string;
  readonly code: Buffer;
  readonly environmentVariables: Readonly<Record<string, string>>;
}

export interface SimRule {
  readonly direction: 'ingress' | 'egress';
  readonly policy: 'Accept' | 'Drop';
  /** Empty where the rule is for a group. */
  readonly cidr: string;
  readonly priority: string;
  /** Absent: every protocol, every port, no group. */
  readonly protocol?: string;
  readonly ports?: string;
  readonly group?: string;
}

export interface SimRole {
  /** RAM policy document by policy name. */
  readonly policies: Map<string, unknown>;
  /** Who may take it: its trust policy. */
  readonly trust: unknown;
}

type OnStack = (
  stack: SimStack,
  before: AppliedTemplate | null,
  after: AppliedTemplate | null,
) => Promise<Readonly<Record<string, string>>>;

export interface ManagementState {
  readonly accountId: string;
  /** Whose every key is that lasts, as an ARN ends: `user/operator`. */
  identity: string;
  readonly functions: Map<string, SimFunction>;
  readonly roles: Map<string, SimRole>;
  /** By ARN. */
  readonly oidcProviders: Map<string, OidcProvider>;
  /** What RAM finds at an issuer's address. */
  readonly issuers: OidcIssuer[];
  /** Made by CreatePolicy, by name; those of stacks are in their roles. */
  readonly policies: Map<string, unknown>;
  /** Those that exist, by id. */
  readonly stacks: Map<string, SimStack>;
  readonly vSwitches: Map<string, { vpc: string; zone: string; freeIps: number; region: string }>;
  readonly groups: Map<
    string,
    { region: string; vpc: string; innerAccess: 'Accept' | 'Drop'; rules: SimRule[] }
  >;
  /** `DescribeAccountAttributes`, by attribute name. */
  readonly quotas: Map<string, string>;
  readonly secrets: Map<string, string>;
  /** What lies in OSS for code to be fetched from, by `bucket/object`. */
  readonly objects: Map<string, Buffer>;
  /** Nobody has activated Function Compute in this account. */
  hasNoFunctionCompute: boolean;
  /** Actions that a control policy of the resource directory denies, whatever RAM allows. */
  readonly forbidden: Set<string>;
  /** Every call in order, as `Action`. */
  readonly calls: string[];
  /** The next stack operation ends so instead of well. */
  stackFailure: string | null;
  /** Client tokens of stacks, with what they were answered. */
  readonly tokens: Map<string, object>;
  /** Calls whose connection is cut, in this order: before they have their effect, or after. */
  readonly lost: { readonly action: string; readonly when: 'before' | 'after' }[];
  /** Makes, changes and removes what a template names; gives outputs that only then are known. Throws a refusal. */
  onStack: OnStack | null;
  /** A function, or one of its triggers, was made, changed or removed. */
  onFunction: ((name: string) => Promise<void>) | null;
  /** Runs a function, waited for; null: none is hosted here. What it throws is the function's own failure. */
  onInvoke: ((name: string, event: Buffer) => Promise<unknown>) | null;
  /** Somebody took a role: its temporary key is good until then, real time, for what the role and the session's own policy allow. */
  onAssume: ((role: string, key: SessionKey, untilMs: number, policy: unknown) => void) | null;
  lastId: number;
}

export interface SessionKey {
  readonly AccessKeyId: string;
  readonly AccessKeySecret: string;
  readonly SecurityToken: string;
}

export function createManagement(accountId: string): ManagementState {
  return {
    accountId,
    identity: 'user/operator',
    functions: new Map(),
    roles: new Map(),
    oidcProviders: new Map(),
    issuers: [],
    policies: new Map(),
    stacks: new Map(),
    vSwitches: new Map(),
    groups: new Map(),
    quotas: new Map(),
    secrets: new Map(),
    objects: new Map(),
    ...{ hasNoFunctionCompute: false, forbidden: new Set<string>(), calls: [] as string[] },
    stackFailure: null,
    tokens: new Map(),
    lost: [],
    onStack: null,
    onFunction: null,
    onInvoke: null,
    onAssume: null,
    lastId: 0,
  };
}

export class ManagementRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: object;
  constructor(status: number, code: string, message: string, more = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

/** The flat parameters of an RPC call, or the query of a ROA call. */
export type Query = Readonly<Record<string, string>>;

export function needed(query: Query, name: string): string {
  const value = query[name];
  if (value === undefined || value === '')
    throw new ManagementRefusal(400, `Missing${name}`, `${name} is mandatory for this action.`);
  return value;
}

/** A connection that was kept alive too long, or a bad network: the caller cannot tell before from after. */
export function lossOf({ lost }: ManagementState, action: string | undefined): 'before' | 'after' | null {
  const at = lost.findIndex((one) => one.action === action);
  return at < 0 ? null : (lost.splice(at, 1)[0]?.when ?? null);
}
