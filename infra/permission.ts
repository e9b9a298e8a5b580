/** One right of one role. */
import type { Config } from '../shared/config/config.ts';
import type { FunctionKind } from '../shared/config/environment.ts';

export interface Permission {
  /** RAM's name, such as `ecs:RunInstances`. */
  readonly action: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Absent: our code calls it. Else no call of ours shows it, and this says what needs it, with its source. */
  readonly implied?: { readonly by: string; readonly source: string };
}

/** What a role's statements are about; `accountId` may be a token that the stack resolves (the main account, never a RAM user). */
export interface Scope {
  readonly config: Config;
  readonly accountId: string;
  /** References of the secrets each function reads, such as `kms:ci-key`. */
  /** Regions without a placement by now, where something of ours may still live. */
  readonly formerRegions?: readonly string[];
  readonly secrets: Readonly<Partial<Record<FunctionKind, readonly string[]>>>;
}
