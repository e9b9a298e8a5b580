/** What the operator is asked, in a terminal; tests answer by themselves. */

import { githubName, regionId, url } from '../../shared/config/field-types.ts';
import { nearestRegion } from '../../shared/config/mistakes-of-places.ts';
import { isMainland } from '../../shared/config/regions.ts';
import { broughtNetwork } from './network.ts';
import type { Answers } from './progress.ts';
import type { Ask, SetupWorld } from './world.ts';

/** They reach GitHub well, and mainland China, too. */
const NEAR_GITHUB = ['cn-hongkong', 'ap-southeast-1'];
const ANOTHER = 'another';

const matches = (pattern: RegExp, says: string) => (text: string) => pattern.test(text) || says;

export async function askAll({ ask, variables }: Pick<SetupWorld, 'ask' | 'variables'>): Promise<Answers> {
  const name = await ask.text('A short name, the prefix of all resources', {
    default: 'ci',
    check: matches(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/, '2-12 characters: a-z, 0-9, -'),
  });
  const isMainland = await askMainland(ask);
  const region = await askControlRegion(ask);
  const baseUrl = await ask.text('GitHub’s address', {
    default: variables.GITHUB_BASE_URL ?? 'https://github.com',
    check: matches(/^https?:\/\/[^\s/]+\/?$/, 'an address such as https://github.com'),
  });
  const scope = await ask.choose('Where runners register', [
    { value: 'organization', name: 'at the organisation, in a runner group (recommended)' },
    { value: 'repository', name: 'at each repository' },
  ]);
  const owner = await ask.text(
    scope === 'organization' ? 'The organisation' : 'The owner of the repositories',
    {
      check: matches(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})$/, 'a GitHub login is needed, such as my-org'),
    },
  );
  const allow = await askAllowed([`${owner}/*`], ask);
  const store = await ask.choose('Where the App’s key and secret are kept', [
    { value: 'kms', name: 'KMS secrets: each function may read its own and no other (needs a KMS instance)' },
    { value: 'file', name: 'a file here, mode 600, not in git; functions get it as a variable' },
    {
      value: 'oos',
      name: 'OOS encrypted parameters: launcher and reaper may then read every KMS secret here',
    },
  ]);
  return { name, region, baseUrl, scope, owner, store, isMainland, allow };
}

/** Once there is an App: its owner, and where its key lies, stay what they are. */
export async function askRest(before: Answers, ask: Ask): Promise<Answers> {
  const isMainland = await askMainland(ask);
  return { ...before, isMainland, allow: await askAllowed(before.allow, ask) };
}

async function askMainland(ask: Ask): Promise<boolean> {
  const where = await ask.choose('Will runners be in mainland China?', [
    { value: 'mainland', name: 'yes: they fetch what they need from a bucket of yours there' },
    { value: 'elsewhere', name: 'no' },
  ]);
  return where === 'mainland';
}

async function askAllowed(proposed: readonly string[], ask: Ask): Promise<string[]> {
  const allow = await ask.text('Repositories that get runners, separated by commas', {
    default: proposed.join(','),
    check: (text) =>
      text.split(',').every((each) => githubName.safeParse(each.trim()).success) || 'owner/name or owner/*',
  });
  return allow.split(',').map((each) => each.trim());
}

const isRegion = (text: string): true | string =>
  !regionId.safeParse(text).success ? 'such as cn-hangzhou' : (misspelt(text) ?? true);

function misspelt(text: string): string | null {
  const meant = nearestRegion(text);
  return meant === null ? null : `there is no such region; is ${meant} meant?`;
}

async function askControlRegion(ask: Ask): Promise<string> {
  const named = await ask.choose('Where the functions live: a region that reaches GitHub well', [
    ...NEAR_GITHUB.map((value) => ({ value, name: value })),
    { value: ANOTHER, name: 'another: outside of mainland China, from where GitHub is slow or out of reach' },
  ]);
  if (named !== ANOTHER) return named;
  return ask.text('Its name', { default: 'eu-central-1', check: isRegion });
}

export interface PlacementAnswer {
  readonly region: string;
  readonly zones: readonly string[];
  /** Null: machines fetch from GitHub themselves. */
  readonly mirrorBucket: string | null;
  readonly registryMirror: string | null;
}

/** Asked only when no network is brought along in the environment. */
export async function askPlacement(
  answers: Answers,
  { ask, variables, zonesOf }: Pick<SetupWorld, 'ask' | 'variables' | 'zonesOf'>,
): Promise<PlacementAnswer | null> {
  if (broughtNetwork(variables) !== null) return null;
  const region = await ask.text('Where runners run: a region', {
    default: answers.isMainland ? 'cn-hangzhou' : answers.region,
    check: isRegion,
  });
  const known = await zonesOf(region);
  const zones = await ask.text(
    `Zones of ${region}, by letter, separated by commas; more zones find more spot`,
    {
      default: known.slice(0, 4).join(','),
      check: (text) =>
        isZones(text, known) || `letters${known.length > 0 ? ` out of ${known.join(', ')}` : ' such as b,h'}`,
    },
  );
  const mirrors = isMainland(region) ? await askMirrors(answers, region, ask) : NO_MIRRORS;
  return { region, zones: lettersIn(zones), ...mirrors };
}

type Mirrors = Pick<PlacementAnswer, 'mirrorBucket' | 'registryMirror'>;
const NO_MIRRORS: Mirrors = { mirrorBucket: null, registryMirror: null };

/** From there GitHub and Docker Hub are slow, or out of reach. */
async function askMirrors({ name, owner }: Answers, region: string, ask: Ask): Promise<Mirrors> {
  const proposed = `${name}-runner-${owner}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  const bucket = await ask.text(
    'A bucket that deploy makes for GitHub’s runner, unique over all accounts; - for none',
    {
      default: `${proposed.slice(0, 62 - region.length)}-${region}`,
      check: matches(/^(-|[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/, 'a bucket name, or -'),
    },
  );
  const mirror = await ask.text(
    'A mirror of Docker Hub that machines there reach, by its address; - for none',
    {
      default: '-',
      check: (text) => text === '-' || url.safeParse(text).success || 'an http or https address, or -',
    },
  );
  return { mirrorBucket: bucket === '-' ? null : bucket, registryMirror: mirror === '-' ? null : mirror };
}

const lettersIn = (text: string): string[] => [...new Set(text.split(',').map((each) => each.trim()))];

function isZones(text: string, known: readonly string[]): boolean {
  return lettersIn(text).every(
    (zone) => /^[a-z]$/.test(zone) && (known.length === 0 || known.includes(zone)),
  );
}
