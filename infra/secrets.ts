/** Which secret each function reads, from the variables that a deploy passes on. */

import { ENVIRONMENTS, type FunctionKind } from '../shared/config/environment.ts';
import { parseReference } from '../shared/config/secret-text.ts';
import { FUNCTION_KINDS } from './names.ts';
import type { Scope } from './policies.ts';

const SECRET_VARIABLES = ['GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'] as const;

const ANY_STORE: readonly string[] = ['kms', 'oos'];
const STORES: Readonly<Record<FunctionKind, readonly string[]>> = {
  webhook: ['kms'],
  launcher: ANY_STORE,
  reaper: ANY_STORE,
  mirror: ANY_STORE,
};

/**
 * Only references to a store: a secret given as itself needs no permission. A deploy gives the webhook the value of an
 * OOS parameter (`cli/deploy/variables.ts`): to read one, its role would have to read every KMS secret of the region.
 */
export function secretReferences(variables: Readonly<Record<string, string | undefined>>): Scope['secrets'] {
  const of = (kind: FunctionKind) =>
    SECRET_VARIABLES.filter((name) => name in ENVIRONMENTS[kind].shape)
      .map((name) => variables[name] ?? '')
      .filter((text) => STORES[kind].includes(parseReference(text)?.store ?? ''));
  return Object.fromEntries(FUNCTION_KINDS.map((kind) => [kind, [...new Set(of(kind))]]));
}
