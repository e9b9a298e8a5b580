/** What every function may do: read the secrets that it is told of, and have its lines kept. */
import type { FunctionKind } from '../shared/config/environment.ts';
import { namesOf } from './names.ts';
import type { Permission, Scope } from './permission.ts';

export function secretReading(kind: FunctionKind, { config, accountId, secrets }: Scope): Permission[] {
  const { region } = config.control;
  const named = (store: string) =>
    (secrets[kind] ?? []).filter((text) => text.startsWith(`${store}:`)).map((text) => text.slice(4));
  const kms = named('kms').map((name) => `acs:kms:${region}:${accountId}:secret/${name}`);
  const oos = named('oos').map((name) => `acs:oos:${region}:${accountId}:secretparameter/${name}`);
  const permissions: Permission[] = [];
  if (kms.length > 0) permissions.push({ action: 'kms:GetSecretValue', resources: kms });
  if (oos.length > 0)
    permissions.push(
      { action: 'oos:GetSecretParameter', resources: oos },
      {
        action: 'kms:GetSecretValue',
        resources: [`acs:kms:${region}:${accountId}:secret/*`],
        implied: {
          by: 'oos:GetSecretParameter',
          source:
            'OOS docs, GetSecretParameter: the caller needs KMS GetSecretValue; the name of the secret behind a parameter is not documented',
        },
      },
    );
  return permissions;
}

export function logWriting({ config, accountId }: Scope): Permission {
  const names = namesOf(config);
  const project = names.logProject(accountId);
  return {
    action: 'log:PostLogStoreLogs',
    resources: [
      `acs:log:${config.control.region}:${accountId}:project/${project}/logstore/${names.logStore}`,
    ],
    implied: {
      by: 'logConfig of the function',
      source:
        'Function Compute docs, "Configure logging": the function role must be allowed to write to the Logstore',
    },
  };
}
