/** How long a machine in the placement waits for GitHub's hosts, its bucket and its package mirrors: asked by curl from inside, all at once. */
import { apiUrl } from '../../../shared/adapters/github/client.ts';
import { quoted } from '../../../shared/runner/bash.ts';
import type { UserDataValues } from '../../../shared/runner/user-data.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';

const ASK_MAX_S = 15;
const FIRST_BYTE_MAX_S = 2;
/** What they say of speed is of files alone, and of the first 4 MiB. */
const SPEED_MIN_MB_S: Readonly<Record<string, number>> = { codeload: 1, release: 1, bucket: 10 };
const GITHUBS = ['web', 'api', 'broker', 'codeload', 'release'];

type Told = Pick<UserDataValues, 'runner' | 'mirrors' | 'registryMirror'>;

/** By a short name, which is all that a finding says: hosts of mirrors and buckets are the operator's own. */
export function placesOf({ runner, mirrors, registryMirror }: Told, baseUrl: string): Record<string, string> {
  const release = runner.urls.at(-1);
  const isPublic = new URL(baseUrl).hostname === 'github.com';
  const all: Record<string, string | null | undefined> = {
    web: baseUrl,
    api: `${apiUrl(baseUrl)}/meta`,
    broker: isPublic ? 'https://broker.actions.githubusercontent.com' : null,
    codeload: isPublic ? 'https://codeload.github.com/actions/checkout/tar.gz/refs/tags/v4' : null,
    release,
    bucket: runner.urls.length > 1 ? runner.urls[0] : null,
    ...Object.fromEntries(mirrors.files.map(({ tool, url }) => [tool, url])),
    apt: mirrors.apt,
    docker: registryMirror ?? mirrors.docker,
  };
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, string] => each[1] != null));
}

/** Bash, below PROBE; none of it is a reason to fail. */
export const reachProbe = (places: Readonly<Record<string, string>>): string =>
  [
    `reach() { say "reach_$1=$(curl --silent --location --range 0-4194303 --max-time ${ASK_MAX_S} --output /dev/null --write-out '%{http_code}/%{time_starttransfer}/%{speed_download}' "$2" || true)"; }`,
    'if command -v curl >/dev/null; then',
    ...Object.entries(places).map(([name, url]) => `reach ${name} ${quoted(url)} &`),
    'wait',
    'fi',
  ].join('\n');

export function reachFindings(
  probes: ReadonlyMap<string, string>,
): Record<'reach' | 'reach-mirrors', Finding> {
  const told = [...probes].flatMap(([name, value]) =>
    name.startsWith('reach_') ? [readOne(name.slice('reach_'.length), value)] : [],
  );
  const isGitHubs = ({ name }: Reached) => GITHUBS.includes(name);
  return {
    reach: findingOf(told.filter(isGitHubs), null),
    'reach-mirrors': findingOf(
      told.filter((each) => !isGitHubs(each)),
      told.length > 0 ? 'there is neither a bucket nor a mirror' : null,
    ),
  };
}

interface Reached {
  readonly name: string;
  readonly text: string;
  readonly isBad: boolean;
}

function readOne(name: string, value: string): Reached {
  const [status = '000', firstByte = '', speed = ''] = value.split('/');
  const [seconds, megabytes] = [Number(firstByte), Number(speed) / 1e6];
  if (!/^[1-5]\d\d$/.test(status) || !Number.isFinite(seconds))
    return { name, text: `${name} no answer in ${ASK_MAX_S} s`, isBad: true };
  const least = SPEED_MIN_MB_S[name];
  const isFile = least !== undefined && status.startsWith('2') && Number.isFinite(megabytes);
  const isRefused = least !== undefined && !status.startsWith('2');
  const parts = [`${name} ${seconds.toFixed(1)} s`];
  if (isFile) parts.push(`${megabytes.toFixed(1)} MB/s`);
  if (isRefused) parts.push(`refused (${status})`);
  const isSlow = seconds > FIRST_BYTE_MAX_S || (isFile && megabytes < least);
  return { name, text: parts.join(' '), isBad: isSlow || isRefused };
}

/** `none`: why nobody was asked, where that is as it should be. */
function findingOf(reached: readonly Reached[], none: string | null): Finding {
  if (reached.length === 0)
    return none === null ? notTold('the boot did not get so far, or the image has no curl') : asAssumed(none);
  const seen = reached.map(({ text }) => text).join(', ');
  return reached.some(({ isBad }) => isBad) ? otherwise(seen) : asAssumed(seen);
}
