/** What the operator is asked, in a terminal; tests answer by themselves. */

import { githubName } from '../../shared/config/field-types.ts';
import { broughtNetwork } from './network.ts';
import type { Answers } from './progress.ts';
import type { SetupWorld } from './world.ts';

const REGIONS = ['cn-hongkong', 'ap-southeast-1', 'cn-hangzhou'];
const matches = (pattern: RegExp, says: string) => (text: string) => pattern.test(text) || says;

export async function askAll({ ask, variables }: Pick<SetupWorld, 'ask' | 'variables'>): Promise<Answers> {
  const name = await ask.text('A short name, the prefix of everything that is made', {
    default: 'ci',
    check: matches(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/, '2-12 characters: a-z, 0-9, -'),
  });
  const region = await ask.choose(
    'Where the functions live: a region that reaches GitHub well',
    REGIONS.map((value) => ({ value, name: value })),
  );
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
  const allow = await ask.text('Repositories that get runners, separated by commas', {
    default: `${owner}/*`,
    check: (text) =>
      text.split(',').every((each) => githubName.safeParse(each.trim()).success) || 'owner/name or owner/*',
  });
  const store = await ask.choose('Where the App’s key and secret are kept', [
    { value: 'kms', name: 'KMS secrets: each function may read its own and no other (needs a KMS instance)' },
    { value: 'file', name: 'a file here, mode 600, not in git; functions get it as a variable' },
    {
      value: 'oos',
      name: 'OOS encrypted parameters: launcher and reaper may then read every KMS secret here',
    },
  ]);
  return { name, region, baseUrl, scope, owner, allow: allow.split(',').map((each) => each.trim()), store };
}

export interface PlacementAnswer {
  readonly region: string;
  readonly zones: readonly string[];
}

/** Asked only when no network is brought along in the environment. */
export async function askPlacement({ ask, variables, zonesOf }: SetupWorld): Promise<PlacementAnswer | null> {
  if (broughtNetwork(variables) !== null) return null;
  const region = await ask.text('Where runners run: a region', {
    default: 'cn-hangzhou',
    check: matches(/^[a-z]{2}-[a-z0-9-]{2,30}$/, 'such as cn-hangzhou'),
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
  return { region, zones: lettersIn(zones) };
}

const lettersIn = (text: string): string[] => [...new Set(text.split(',').map((each) => each.trim()))];

function isZones(text: string, known: readonly string[]): boolean {
  return lettersIn(text).every(
    (zone) => /^[a-z]$/.test(zone) && (known.length === 0 || known.includes(zone)),
  );
}
