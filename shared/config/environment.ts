/**
 * What each function reads from its environment, and from nowhere else: `s.yaml` sets these names and no others
 * (a test compares). Together at most 4 KB, keys of letters, digits and _, values of printable ASCII; names that
 * begin with FC_ or ALIBABA_CLOUD_ belong to the platform (Alibaba Cloud docs, "Environment variables").
 * zod/mini, because the webhook's cold start pays for every kilobyte.
 */
import * as z from 'zod/mini';
import { whyNoSecret } from './secret-text.ts';

const matching = (pattern: RegExp, message: string) => z.string().check(z.regex(pattern, message));
/** A secret itself, or where it is kept: `kms:NAME`, `oos:NAME`, `file:PATH`. */
const reference = z.string().check(({ value, issues }) => {
  const message = whyNoSecret(value);
  if (message !== null) issues.push({ code: 'custom', message, input: value });
});
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const addressRange = z.union([z.cidrv4(), z.cidrv6()], 'must be an address range');
const functionName = matching(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must be the name of a function');

/** Set by Function Compute itself. */
const platform = () => ({
  FC_REGION: matching(/^[a-z]{2}-[a-z0-9-]{2,30}$/, 'must look like cn-hangzhou'),
  FC_ACCOUNT_ID: matching(/^\d{4,32}$/, 'must be an account id'),
});
/** Other addresses than the service's own: for tests, and for networks with private endpoints. */
const secretStores = () => ({ KMS_ENDPOINT: z.optional(url), OOS_ENDPOINT: z.optional(url) });
const tablestore = () => ({
  TABLESTORE_ENDPOINT: url,
  TABLESTORE_INSTANCE: matching(/^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/, 'must be an instance name'),
});
const gitHubApp = () => ({
  GITHUB_APP_ID: matching(/^\d{1,12}$/, 'must be a number'),
  GITHUB_PRIVATE_KEY: reference,
  GITHUB_API: z.optional(url),
});
const invocation = () => ({ INVOKE_ENDPOINT: z.optional(url) });

const ofLauncher = () => ({
  ...platform(),
  ...secretStores(),
  ...tablestore(),
  ...gitHubApp(),
  ECS_ENDPOINT: z.optional(url),
});

/** Each is made when it is asked for: a cold start pays for its own function's alone. */
export const ENVIRONMENTS = {
  get webhook() {
    return z.object({
      ...platform(),
      ...secretStores(),
      ...invocation(),
      WEBHOOK_SECRET: reference,
      WEBHOOK_SECRET_PREVIOUS: z.optional(reference),
      /** Where GitHub's deliveries come from, separated by commas; absent: not known, or not asked for. */
      HOOK_RANGES: z.optional(
        z.pipe(
          z.pipe(
            z.string(),
            z.transform((text: string) => text.split(',')),
          ),
          z.array(addressRange).check(z.minLength(1), z.maxLength(50)),
        ),
      ),
      LAUNCHER_FUNCTION: functionName,
      REAPER_FUNCTION: functionName,
    });
  },
  get launcher() {
    return z.object(ofLauncher());
  },
  get reaper() {
    return z.object({
      ...ofLauncher(),
      BSS_ENDPOINT: z.optional(url),
      ...invocation(),
      LAUNCHER_FUNCTION: functionName,
      /** In the functions' own region; elsewhere the region's name follows it. */
      MIRROR_FUNCTION: functionName,
    });
  },
  /** No ledger and no secret: it copies what it is told to. */
  get mirror() {
    return z.object({
      ...platform(),
      OSS_ENDPOINT: z.optional(url),
      /** Of the bucket that others are filled from. */
      OSS_SOURCE_ENDPOINT: z.optional(url),
    });
  },
};

export type FunctionKind = keyof typeof ENVIRONMENTS;
export type Environment<Kind extends FunctionKind> = z.output<(typeof ENVIRONMENTS)[Kind]>;

/** Reports every mistake at once, by name, and never prints a value: some of them are secrets. Empty means absent. */
export function parseEnvironment<Kind extends FunctionKind>(
  kind: Kind,
  variables: Readonly<Record<string, string | undefined>>,
): Environment<Kind> {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = ENVIRONMENTS[kind].safeParse(present);
  if (parsed.success) return parsed.data as Environment<Kind>;
  const mistakes = parsed.error.issues.map(({ path, message, code }) =>
    code === 'invalid_type' ? `${path.join('.')}: is missing` : `${path.join('.')}: ${message}`,
  );
  throw new Error(`the environment of ${kind} is wrong\n${mistakes.join('\n')}`);
}

/** Where our functions are invoked (Alibaba Cloud docs, "Endpoints" of Function Compute 3.0). */
export function invokeEndpoint(environment: {
  readonly FC_REGION: string;
  readonly FC_ACCOUNT_ID: string;
  readonly INVOKE_ENDPOINT?: string | undefined;
}): string {
  const { FC_ACCOUNT_ID, FC_REGION, INVOKE_ENDPOINT } = environment;
  return INVOKE_ENDPOINT ?? `https://${FC_ACCOUNT_ID}.${FC_REGION}.fc.aliyuncs.com`;
}
