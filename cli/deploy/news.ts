/** What an upgrade brings: the changelog's sections between the deployed version and ours. Pure. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LINES_MAX = 60;

/** `was`: as `releaseOf` wrote it, `0.1.0 0c61f545e548`. Without headings above 60 lines; empty: no newer version. */
export function newsSince(was: string | null, will: string, changelog: string): readonly string[] {
  const [from, to] = [versionIn(was ?? ''), versionIn(will)];
  if (from === null || to === null) return [];
  const lines = changelog
    .split(/^(?=## )/m)
    .filter((section) => {
      const version = versionIn(/^## (\S+)/.exec(section)?.[1] ?? '');
      return version !== null && compare(version, from) > 0 && compare(version, to) <= 0;
    })
    .flatMap((section) => section.trim().split('\n'))
    .filter((line) => line.trim() !== '');
  return lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_MAX), '… the rest: CHANGELOG.md'];
}

type Version = readonly [number, number, number];

function versionIn(text: string): Version | null {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2]), Number(found[3])];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Empty: there is none. */
export function changelogIn(folder: string): string {
  const path = join(folder, 'CHANGELOG.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
