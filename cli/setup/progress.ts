/** How far set-up has come, kept after each step: it can be interrupted anywhere and begun again. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Answers = z.strictObject({
  name: z.string(),
  region: z.string(),
  scope: z.enum(['organization', 'repository']),
  owner: z.string(),
  allow: z.array(z.string()),
  baseUrl: z.string(),
  store: z.enum(['oos', 'kms', 'file']),
  /** Whether runners will be in mainland China; absent in what an earlier version kept. */
  isMainland: z.boolean().default(true),
});
export type Answers = z.output<typeof Answers>;

/** What GitHub gave once and gives no second time. Removed as soon as it is where the operator wants it. */
const Converted = z.object({
  id: z.int().positive(),
  slug: z.string().min(1),
  html_url: z.string().min(1),
  webhook_secret: z.string().min(1),
  pem: z.string().startsWith('-----BEGIN'),
});
export type Converted = z.output<typeof Converted>;

const Progress = z.strictObject({
  answers: Answers.nullable().default(null),
  /** Secrets of these names are this set-up's to write: none was there, or the operator said so. */
  mayReplace: z.boolean().default(false),
  /** Ties GitHub's answer to our question. */
  state: z.string().nullable().default(null),
  converted: Converted.nullable().default(null),
  app: z.strictObject({ id: z.int(), slug: z.string(), url: z.string() }).nullable().default(null),
  isInstalled: z.boolean().default(false),
  isDeployed: z.boolean().default(false),
  webhook: z.string().nullable().default(null),
});
export type Progress = z.output<typeof Progress>;
const Owned = z.object({ owner: z.object({ login: z.string() }) });

/** GitHub docs, "Create a GitHub App from a manifest": `owner`. Of a repository's App it is whoever was signed in. */
export const isOwnedBy = ({ owner, scope }: Pick<Answers, 'owner' | 'scope'>, raw: unknown): boolean =>
  scope === 'repository' || Owned.safeParse(raw).data?.owner.login.toLowerCase() === owner.toLowerCase();

export const parseConverted = (raw: unknown): Converted | null => Converted.safeParse(raw).data ?? null;

export interface ProgressFile {
  read(): Progress;
  /** Changes are on the disk when it returns. */
  write(changes: Partial<Progress>): Progress;
}

const NOT_OURS =
  '.setup.json is not what npm run setup wrote: look whether it holds the key of an App, then move it away and run npm run setup again';

function readAt(path: string): Progress {
  try {
    return Progress.parse(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw new Error(NOT_OURS);
    throw error;
  }
}

/** Mode 600, because for a moment it holds the App's private key. Throws when the file is not what it wrote. */
export function progressFile(root: string): ProgressFile {
  const path = join(root, '.setup.json');
  const read = () => readAt(path);
  return {
    read,
    write(changes) {
      const next = { ...read(), ...changes };
      const beside = `${path}.${process.pid}`;
      writeFileSync(beside, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      renameSync(beside, path);
      return next;
    },
  };
}
