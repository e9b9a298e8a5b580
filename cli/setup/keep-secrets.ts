/** Puts the App's key and secret where the operator wants them, and says how functions find them. Repeatable. */

import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import type { Answers, Converted } from './progress.ts';
import type { Ask } from './world.ts';

export interface References {
  readonly GITHUB_PRIVATE_KEY: string;
  readonly WEBHOOK_SECRET: string;
}

export interface SecretWorld {
  readonly root: string;
  readonly alibaba: Alibaba;
  readonly ask: Ask;
}

type Put = (name: string, value: string) => Promise<string>;

const namesOf = ({ name }: Answers) => ({
  key: `${name}-runner-private-key`,
  secret: `${name}-runner-webhook-secret`,
});

export async function keepSecrets(answers: Answers, app: Converted, world: SecretWorld): Promise<References> {
  const put = await PUTS[answers.store](answers, world);
  const { key, secret } = namesOf(answers);
  return {
    GITHUB_PRIVATE_KEY: await put(key, app.pem),
    WEBHOOK_SECRET: await put(secret, app.webhook_secret),
  };
}

/** Names that a secret is kept under already, here or in another folder's deployment. */
export async function secretsThere(
  answers: Answers,
  { root, alibaba }: Pick<SecretWorld, 'root' | 'alibaba'>,
): Promise<readonly string[]> {
  const looks = {
    file: async (name: string) => existsSync(join(root, `${name}.pem`)),
    oos: (Name: string) => isThere(alibaba.rpc('oos', answers.region, 'GetSecretParameter', { Name })),
    kms: (SecretName: string) =>
      isThere(alibaba.rpc('kms', answers.region, 'DescribeSecret', { SecretName })),
  };
  const there: string[] = [];
  for (const name of Object.values(namesOf(answers))) if (await looks[answers.store](name)) there.push(name);
  return there;
}

const isThere = (look: Promise<unknown>): Promise<boolean> =>
  look.then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );

const PUTS: Readonly<Record<Answers['store'], (answers: Answers, world: SecretWorld) => Promise<Put>>> = {
  file: async (_answers, { root }) => toFile(root),
  oos: async ({ region }, { alibaba }) => toOos(region, alibaba),
  kms: async ({ region }, world) => toKms(region, world),
};

/** `.pem` is in .gitignore, and so is `.env`, which names it. */
function toFile(root: string): Put {
  return async (name, value) => {
    const file = `${name}.pem`;
    writeFileSync(join(root, file), `${value.trim()}\n`, { mode: 0o600 });
    // The mode above holds for a new file only.
    chmodSync(join(root, file), 0o600);
    return `file:${file}`;
  };
}

/** Changed if it is there, else created: which of the two an earlier, interrupted try left does not matter. */
function toOos(region: string, alibaba: Alibaba): Put {
  return async (Name, Value) => {
    const call = (action: string, query = {}) =>
      alibaba.rpc('oos', region, action, { Name, ...query }, { Value });
    await call('UpdateSecretParameter').catch(async (error: unknown) => {
      if (!isAbsent(error)) throw error;
      await call('CreateSecretParameter', { Type: 'Secret' });
    });
    return `oos:${Name}`;
  };
}

async function toKms(region: string, { alibaba, ask }: SecretWorld): Promise<Put> {
  const DKMSInstanceId = await ask.text('The id of the KMS instance', { check: isGiven });
  const EncryptionKeyId = await ask.text('The id of its key that encrypts secrets', { check: isGiven });
  const version = (): string => `setup-${Date.now()}`;
  return async (SecretName, SecretData) => {
    const form = { SecretData };
    const put = { SecretName, VersionId: version() };
    await alibaba.rpc('kms', region, 'PutSecretValue', put, form).catch(async (error: unknown) => {
      if (!isAbsent(error)) throw error;
      await alibaba.rpc('kms', region, 'CreateSecret', { ...put, DKMSInstanceId, EncryptionKeyId }, form);
    });
    return `kms:${SecretName}`;
  };
}

const isGiven = (text: string) => text.length > 0 || 'is needed';

const isAbsent = (error: unknown): boolean =>
  error instanceof AlibabaRefusal && (error.statusCode === 404 || /NotExist|NotFound/.test(error.code));
