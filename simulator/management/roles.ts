/** Roles that a person makes, as RAM's SDK models have it; and what a key may do. */
import type { Credential } from '../accounts.ts';
import type { RpcAct } from './stacks.ts';
import { ManagementRefusal, type ManagementState, needed, type Query, type SimRole } from './state.ts';

export const ROLE_ACTS: Readonly<Record<string, RpcAct>> = {
  'ram:CreateRole': ({ roles }, query) => {
    const RoleName = needed(query, 'RoleName');
    if (roles.has(RoleName)) throw refusal(409, 'EntityAlreadyExists.Role');
    roles.set(RoleName, {
      trust: JSON.parse(needed(query, 'AssumeRolePolicyDocument')),
      policies: new Map(),
    });
    return { Role: { RoleName } };
  },
  'ram:CreatePolicy': ({ policies }, query) => {
    const PolicyName = needed(query, 'PolicyName');
    if (policies.has(PolicyName)) throw refusal(409, 'EntityAlreadyExists.Policy');
    policies.set(PolicyName, JSON.parse(needed(query, 'PolicyDocument')));
    return { Policy: { PolicyName } };
  },
  'ram:AttachPolicyToRole': (state, query) => {
    const document = state.policies.get(needed(query, 'PolicyName'));
    if (document === undefined) throw refusal(404, 'EntityNotExist.Policy');
    roleOf(state, query).policies.set(needed(query, 'PolicyName'), document);
    return {};
  },
  'ram:DetachPolicyFromRole': (state, query) => {
    if (!roleOf(state, query).policies.delete(needed(query, 'PolicyName')))
      throw refusal(404, 'EntityNotExist.Role.Policy');
    return {};
  },
  'ram:DeletePolicy': ({ policies, roles }, query) => {
    const name = needed(query, 'PolicyName');
    if ([...roles.values()].some((role) => role.policies.has(name)))
      throw refusal(409, 'DeleteConflict.Policy.Role');
    if (!policies.delete(name)) throw refusal(404, 'EntityNotExist.Policy');
    return {};
  },
  'ram:DeleteRole': (state, query) => {
    if (roleOf(state, query).policies.size > 0) throw refusal(409, 'DeleteConflict.Role.Policy');
    state.roles.delete(needed(query, 'RoleName'));
    return {};
  },
};

function roleOf({ roles }: ManagementState, query: Query): SimRole {
  const role = roles.get(needed(query, 'RoleName'));
  if (role === undefined) throw refusal(404, 'EntityNotExist.Role');
  return role;
}

const refusal = (status: number, code: string) =>
  new ManagementRefusal(status, code, `The simulator says ${code}.`);

/** Notes the call, and refuses what this key may not. */
export function demand(state: ManagementState, credential: Credential, action: string): void {
  state.calls.push(action);
  const isForbidden = state.forbidden.has(action);
  if (!isForbidden && credential.mayDo?.(action) !== false) return;
  // RAM docs, "How to troubleshoot an access denied error".
  const AccessDeniedDetail = {
    ...{ AuthAction: action, AuthPrincipalType: 'SubUser', AuthPrincipalDisplayName: '2000' },
    NoPermissionType: isForbidden ? 'ExplicitDeny' : 'ImplicitDeny',
    PolicyType: isForbidden ? 'ControlPolicy' : 'AccountLevelIdentityBasedPolicy',
  };
  const words = `the caller is not authorized to perform ${action}`;
  throw new ManagementRefusal(403, 'NoPermission', words, { AccessDeniedDetail });
}
