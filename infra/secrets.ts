/** Which secret each function reads, from the variables that a deploy passes on. */
import { parseReference } from '../shared/adapters/secrets/secrets.ts';
import { ENVIRONMENTS, type FunctionKind } from '../shared/config/environment.ts';
import { FUNCTION_KINDS } from './names.ts';
import type { Scope } from './policies.ts';

const SECRET_VARIABLES = ['GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'] as const;

/** Only references to a store: a secret given as itself needs no permission. */
export function secretReferences(variables: Readonly<Record<string, string | undefined>>): Scope['secrets'] {
  const of = (kind: FunctionKind) =>
    SECRET_VARIABLES.filter((name) => name in ENVIRONMENTS[kind].shape)
      .map((name) => variables[name] ?? '')
      .filter((text) => ['kms', 'oos'].includes(parseReference(text)?.store ?? ''));
  return Object.fromEntries(FUNCTION_KINDS.map((kind) => [kind, [...new Set(of(kind))]]));
}
