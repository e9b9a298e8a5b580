/** How long a machine in the placement waits for GitHub's hosts, its bucket and its package mirrors: asked by curl from inside, all at once. */
import { quoted } from '../../../shared/runner/bash.ts';
import { REACH_MAX_BYTES, REACH_MAX_S } from '../../../shared/runner/kept/reach.ts';
import { judge, type Reached } from '../../shared/reach/judge.ts';
import { GITHUBS } from '../../shared/reach/places.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';

/** Bash, below PROBE; none of it is a reason to fail. */
export const reachProbe = (places: Readonly<Record<string, string>>): string =>
  [
    `reach() { say "reach_$1=$(curl --silent --location --range 0-${REACH_MAX_BYTES - 1} --max-time ${REACH_MAX_S} --output /dev/null --write-out '%{http_code}/%{time_starttransfer}/%{speed_download}' "$2" || true)"; }`,
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

function readOne(name: string, value: string): Reached {
  const [status = '000', firstByte = '', speed = ''] = value.split('/');
  const [seconds, bytesPerSecond] = [Number(firstByte), Number(speed)];
  const isAnswer = /^[1-5]\d\d$/.test(status) && Number.isFinite(seconds);
  return judge(
    name,
    isAnswer ? Number(status) : null,
    seconds,
    Number.isFinite(bytesPerSecond) ? bytesPerSecond : null,
  );
}

/** `none`: why nobody was asked, where that is as it should be. */
function findingOf(reached: readonly Reached[], none: string | null): Finding {
  if (reached.length === 0)
    return none === null ? notTold('the boot did not get so far, or the image has no curl') : asAssumed(none);
  const seen = reached.map(({ text }) => text).join(', ');
  return reached.some(({ isBad }) => isBad) ? otherwise(seen) : asAssumed(seen);
}
