/** What `s.yaml` is filled in with. */
import { namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseReference, whyNoSecret, whyNotHandedOn } from '../../shared/config/secret-text.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { operatorSecret, whyNotHere } from '../shared/secrets.ts';
import type { Live } from './functions.ts';

type Variables = Readonly<Record<string, string | undefined>>;
const SECRETS = ['GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PREVIOUS'] as const;
const NEEDED = ['GITHUB_APP_ID', 'GITHUB_PRIVATE_KEY', 'WEBHOOK_SECRET'] as const;

/** Names of what a deploy cannot do without. */
export const missing = (variables: Variables): string[] => NEEDED.filter((name) => !variables[name]);

/** One line for each secret that the functions would refuse at their start, or would get as another one, by name and never by value. */
export const secretMistakes = (variables: Variables): string[] =>
  SECRETS.flatMap((name) => {
    const text = variables[name];
    const isReference = !text || parseReference(text) !== null;
    const why = isReference ? null : (whyNoSecret(text) ?? whyNotHandedOn(text));
    return why === null ? [] : [`${name}: ${why}`];
  });

export interface Filling {
  readonly config: Config;
  readonly accountId: string;
  readonly release: string;
  readonly variables: Variables;
  /** Where paths count from. */
  readonly root: string;
  readonly cloud: Alibaba;
  /** GitHub's `hooks` ranges; empty: not known, or not asked for. */
  readonly hookRanges: readonly string[];
  /** The functions as they are now. */
  readonly live: readonly Pick<Live, 'variables'>[];
  readonly say: (line: string) => void;
}

/**
 * A key in a file is read here: functions have no such file. So is the webhook's secret where it is an OOS parameter:
 * the function that anyone can call must not hold the right that reading one takes. All else stays a reference.
 * Throws what `whyNotHandedOn` says of one that was read.
 */
export async function deployVariables(filling: Filling): Promise<Record<string, string>> {
  const { config, accountId, release, variables } = filling;
  const secrets = await Promise.all(SECRETS.map(async (name) => [name, await inlined(name, filling)]));
  return {
    DEPLOYMENT: config.name,
    REGION: config.control.region,
    ACCOUNT_ID: accountId,
    RELEASE: release,
    TABLESTORE_INSTANCE: namesOf(config).tablestoreInstance,
    GITHUB_APP_ID: variables.GITHUB_APP_ID ?? '',
    HOOK_RANGES: filling.hookRanges.join(','),
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
}

async function inlined(name: string, filling: Filling): Promise<string> {
  const { variables, root, cloud, config } = filling;
  const text = variables[name] ?? '';
  const place = parseReference(text);
  const isInlined = place?.store === 'file' || (place?.store === 'oos' && name.startsWith('WEBHOOK_SECRET'));
  if (!isInlined) return text;
  const { read } = operatorSecret(text, { cloud, region: config.control.region, root });
  // A variable holds no line breaks: `\n` stands for each (see shared/adapters/secrets/secrets.ts).
  const value = await read().then(
    (found) => found.replaceAll('\n', '\\n'),
    (error: unknown) => heldBy(name, filling, error),
  );
  const why = whyNotHandedOn(value);
  if (why !== null) throw new Error(`${name}: ${why}`);
  return value;
}

/** A secret that this machine may not know stays as the functions have it; throws `error` where they have none. */
function heldBy(name: string, { live, say }: Filling, error: unknown): string {
  const why = whyNotHere(error);
  const held = live.map(({ variables }) => variables[name] ?? '').find((text) => text !== '');
  // A reference is none of those: the roles are about to lose the right to read it.
  if (why === null || held === undefined || parseReference(held) !== null) throw error;
  say(`${why}: the functions keep the ${name} that they have.`);
  return held;
}

/** Compares values without showing them. */
export const haveTold = (live: Filling['live'], wanted: Readonly<Record<string, string>>): boolean =>
  live.every(({ variables }) =>
    Object.entries(variables).every(([name, value]) => !(name in wanted) || wanted[name] === value),
  );

/** Values that no line may show. */
export const secretsIn = (filled: Readonly<Record<string, string>>): string[] =>
  SECRETS.map((name) => filled[name] ?? '').filter(
    (text) => text.length > 3 && parseReference(text) === null,
  );
