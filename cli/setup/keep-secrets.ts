/** Puts the App's key and secret where the operator wants them, and says how functions find them. Repeatable. */

import { join } from 'node:path';
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { replaceFile } from '../shared/package/replace-file.ts';
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

export async function keepSecrets(answers: Answers, app: Converted, world: SecretWorld): Promise<References> {
  const put = await PUTS[answers.store](answers, world);
  return {
    GITHUB_PRIVATE_KEY: await put(`${answers.name}-runner-private-key`, app.pem),
    WEBHOOK_SECRET: await put(`${answers.name}-runner-webhook-secret`, app.webhook_secret),
  };
}

const PUTS: Readonly<Record<Answers['store'], (answers: Answers, world: SecretWorld) => Promise<Put>>> = {
  file: async (_answers, { root }) => toFile(root),
  oos: async ({ region }, { alibaba }) => toOos(region, alibaba),
  kms: async ({ region }, world) => toKms(region, world),
};

/** `.pem` is in .gitignore, and so is `.env`, which names it. */
function toFile(root: string): Put {
  return async (name, value) => {
    const file = `${name}.pem`;
    replaceFile(join(root, file), `${value.trim()}\n`, 0o600);
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
