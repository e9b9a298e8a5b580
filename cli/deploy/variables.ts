/** What `s.yaml` is filled in with. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { namesOf } from '../../infra/names.ts';
import { parseReference } from '../../shared/adapters/secrets/secrets.ts';
import type { Config } from '../../shared/config/config.ts';

type Variables = Readonly<Record<string, string | undefined>>;
const SECRETS = ['GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'] as const;
const NEEDED = ['GITHUB_APP_ID', 'GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET'] as const;

/** Names of what a deploy cannot do without. */
export const missing = (variables: Variables): string[] => NEEDED.filter((name) => !variables[name]);

/** A key in a file is read here: functions have no such file. All else stays a reference. */
export function deployVariables(
  config: Config,
  accountId: string,
  release: string,
  variables: Variables,
  root: string,
): Record<string, string> {
  const secrets = SECRETS.map((name) => [name, inlined(variables[name] ?? '', root)]);
  return {
    DEPLOYMENT: config.name,
    REGION: config.control.region,
    ACCOUNT_ID: accountId,
    RELEASE: release,
    TABLESTORE_INSTANCE: namesOf(config).tablestoreInstance,
    GITHUB_APP_ID: variables.GITHUB_APP_ID ?? '',
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
}

/** A variable holds no line breaks: `\n` stands for each (see shared/adapters/secrets/secrets.ts). */
function inlined(text: string, root: string): string {
  const place = parseReference(text);
  if (place?.store !== 'file') return text;
  return readFileSync(resolve(root, place.name), 'utf8').trim().replaceAll('\n', '\\n');
}

/** Values that no line may show. */
export const secretsIn = (filled: Readonly<Record<string, string>>): string[] =>
  SECRETS.map((name) => filled[name] ?? '').filter(
    (text) => text.length > 3 && parseReference(text) === null,
  );
