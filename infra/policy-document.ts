/** The table of permissions as RAM reads it, and as a simulator asks it. */
import type { FunctionKind } from '../shared/config/environment.ts';
import { type Permission, permissionsOf, type Scope } from './policies.ts';

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Permission['condition'];
}

export interface PolicyDocument {
  readonly Version: '1';
  readonly Statement: readonly Statement[];
}

/** Actions with the same resources and conditions share a statement. */
export function policyDocument(permissions: readonly Permission[]): PolicyDocument {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const key = keyOf(permission);
    groups.set(key, [...(groups.get(key) ?? []), permission]);
  }
  return {
    Version: '1',
    Statement: [...groups.values()].map((group) => statementOf(group as [Permission, ...Permission[]])),
  };
}

const keyOf = ({ resources, condition }: Permission): string =>
  JSON.stringify([resources, condition ?? null]);

function statementOf(group: readonly [Permission, ...Permission[]]): Statement {
  const [{ resources, condition }] = group;
  return {
    Effect: 'Allow',
    Action: [...new Set(group.map(({ action }) => action))].sort(),
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** What a simulator's credential of this function may do, by action, and by region where it says one. */
export function policyFor(kind: FunctionKind, scope: Scope): (action: string, region?: string) => boolean {
  const permissions = permissionsOf(kind, scope);
  const isIn = (resource: string, region: string) => resource === '*' || resource.split(':')[2] === region;
  return (action, region) =>
    permissions.some(
      (each) =>
        each.action === action &&
        (region === undefined || each.resources.some((resource) => isIn(resource, region))),
    );
}

/** Held against what was really called. Both empty: the policy is exact. */
export interface Difference {
  /** Called, and not allowed. */
  readonly missing: readonly string[];
  /** Allowed, never called, and implied by nothing. */
  readonly needless: readonly string[];
}

export function difference(kind: FunctionKind, scope: Scope, called: ReadonlySet<string>): Difference {
  const permissions = permissionsOf(kind, scope);
  const allowed = new Set(permissions.map(({ action }) => action));
  const implied = new Set(permissions.filter((each) => each.implied).map(({ action }) => action));
  return {
    missing: [...called].filter((action) => !allowed.has(action)).sort(),
    needless: [...allowed].filter((action) => !called.has(action) && !implied.has(action)).sort(),
  };
}
