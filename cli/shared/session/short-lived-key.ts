/**
 * What Serverless Devs is handed: a key of half an hour that may change functions and nothing else, of a role that only this
 * operator may take and that is gone after the deploy (docs/decisions/deploy-with-serverless-devs.md).
 */
import { deployPermissions } from '../../../infra/deploy-policy.ts';
import { namesOf } from '../../../infra/names.ts';
import type { AccessKey } from '../../../shared/adapters/alibaba/acs3.ts';
import { alibabaCaller } from '../../../shared/adapters/alibaba/call.ts';
import type { Config } from '../../../shared/config/config.ts';
import { type Alibaba, isDenied } from '../alibaba.ts';
import { type RoleWorld, removeRole, takeRole } from './role.ts';

export interface KeyWorld {
  readonly alibaba: Alibaba;
  readonly say: (line: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** The operator wants it so. */
  readonly usesOwnKey: boolean;
}

/** Serverless Devs on `file`; its exit code. */
export type RunTool = (
  file: string,
  variables: Readonly<Record<string, string>>,
  key: AccessKey,
) => Promise<number>;

const KEY_S = 1_800;
const TRIES_MAX = 6;
const PAUSE_MS = 5_000;

/** Hands `use` the narrow key; the operator's own where none is to be had, which is said, or where it is no wider. */
export async function withShortLivedKey<Result>(
  world: KeyWorld,
  config: Config,
  use: (key: AccessKey) => Promise<Result>,
): Promise<Result> {
  const { alibaba, say } = world;
  const { AccountId, Arn } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
  const taker = takerOf(String(Arn));
  const isTheWorkflow = taker?.endsWith(`:role/${namesOf(config).roleOf('deploy').toLowerCase()}`) ?? false;
  if (world.usesOwnKey || isTheWorkflow) return use(await alibaba.accessKey());
  if (taker === null) {
    say('Serverless Devs gets your own key: that of an account itself can take no role. A RAM user’s can.');
    return use(await alibaba.accessKey());
  }
  const about = { rpc: alibaba.rpc, region: config.control.region, sleep: world.sleep };
  const name = namesOf(config).roleOf('deploying');
  const key = await narrowKey(about, world, config, { name, accountId: String(AccountId), taker });
  try {
    return await use(key ?? (await alibaba.accessKey()));
  } finally {
    if (key !== null) await remove(about, name, say);
  }
}

async function remove(about: RoleWorld, name: string, say: KeyWorld['say']): Promise<void> {
  await removeRole(about, name).catch((error: unknown) =>
    say(`the role ${name} could not be removed, which the next deploy tries again: ${wordsOf(error)}`),
  );
}

/** Of a session: the role that was taken. Null: the account itself. */
export function takerOf(arn: string): string | null {
  const session = /^(acs:ram::\d+):assumed-role\/([^/]+)\//.exec(arn);
  if (session !== null) return `${session[1]}:role/${session[2]?.toLowerCase()}`;
  return /^acs:ram::\d+:user\//.test(arn) ? arn : null;
}

/** Null: none is to be had, and that is said. */
async function narrowKey(
  about: RoleWorld,
  { alibaba, say }: KeyWorld,
  config: Config,
  who: { readonly name: string; readonly accountId: string; readonly taker: string },
): Promise<AccessKey | null> {
  let isBegun = false;
  try {
    // One that a deploy left that was killed.
    await removeRole(about, who.name);
    isBegun = true;
    const may = deployPermissions(config, who.accountId);
    const key = await takeRole(about, { ...who, may, seconds: KEY_S });
    await untilItMay(key, alibaba, config, about.sleep);
    return key;
  } catch (error) {
    say(
      `Serverless Devs gets your own key: one for this deploy alone could not be had (${wordsOf(error)}). It wants ram:CreateRole, ram:CreatePolicy and ram:AttachPolicyToRole with their opposites, and sts:AssumeRole.`,
    );
    if (isBegun) await remove(about, who.name, say);
    return null;
  }
}

/** A policy that was just attached may not be known everywhere. Throws the last refusal. */
async function untilItMay(
  key: AccessKey,
  alibaba: Alibaba,
  config: Config,
  sleep: KeyWorld['sleep'],
): Promise<void> {
  const { region } = config.control;
  const path = `/2023-03-30/functions/${namesOf(config).functionOf('webhook')}`;
  const asked = {
    ...{ endpoint: alibaba.endpoint('fc', region), action: 'GetFunction', version: '2023-03-30' },
    roa: { method: 'GET', path },
  };
  for (let tries = 1; ; tries++) {
    const error = await alibabaCaller(() => key)(asked).then(
      () => null,
      (refused: unknown) => refused,
    );
    const isRefused = isDenied(String((error as { code?: unknown } | null)?.code));
    if (!isRefused) return;
    if (tries >= TRIES_MAX) throw error;
    await sleep(PAUSE_MS);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
