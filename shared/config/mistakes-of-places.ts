/** Places that cannot be, or are misspelt: pure. */

import { nearestOf } from '../job/label-words.ts';
import type { Config } from './config.ts';
import { type Mistake, type Path, shown } from './mistakes.ts';
import { REGIONS, wordsOf } from './regions.ts';
import { wantedTools } from './tools.ts';

/** A region that nobody knows may be new; one that differs from a known one by a letter is not. */
export function regionMistakes({ control, placements }: Config): Mistake[] {
  const named: [Path, string][] = [
    [['control', 'region'], control.region],
    ...placements.map(({ region }, at): [Path, string] => [['placements', at, 'region'], region]),
  ];
  return named.flatMap(([path, region]) => {
    const meant = nearestRegion(region);
    return meant === null
      ? []
      : [{ path, text: `${shown(path)}: there is no such region; is '${meant}' meant?` }];
  });
}

/** The region that a misspelt one stands for; null: it is one, or may be a new one. */
export function nearestRegion(region: string): string | null {
  const known = [...new Set(REGIONS.map(wordsOf))];
  const nearest = known.includes(wordsOf(region)) ? null : nearestOf(wordsOf(region), known);
  return REGIONS.find((each) => nearest !== null && wordsOf(each) === nearest) ?? null;
}

export function placementMistakes(config: Config): Mistake[] {
  const seen = new Set<string>();
  return config.placements.flatMap(({ region, network, zones, securityGroup }, at) => {
    const says = (key: string, text: string): Mistake[] => [
      { path: ['placements', at, key], text: `placements[${at}].${key}: ${text}` },
    ];
    const twice = seen.has(region)
      ? says('region', 'is named twice; put all its zones in one placement')
      : [];
    seen.add(region);
    const isPending = JSON.stringify([zones, securityGroup]).includes('-pending"');
    return [
      ...twice,
      ...(isPending && network === null
        ? says(
            'zones',
            'an id is still pending, which deploy fills in only for a network that it makes: add network: {}, or write your own ids',
          )
        : []),
    ];
  });
}

/** Tools are kept in buckets. */
export function toolMistakes({ mirror, placements }: Config): Mistake[] {
  const isKept = placements.some(({ mirrorBucket }) => mirrorBucket !== null);
  if (wantedTools(mirror.tools).length === 0 || isKept) return [];
  const text = 'mirror.tools: no placement has a mirrorBucket to keep them in; name one, or leave this out';
  return [{ path: ['mirror', 'tools'], text }];
}

/** Its tokens would be of another issuer, and github.com's repository of that name is somebody else's. */
export function deployMistakes({ control, github }: Config): Mistake[] {
  if (control.deployFrom === null || new URL(github.baseUrl).hostname === 'github.com') return [];
  const text =
    'control.deployFrom: is for github.com alone, whose tokens the role trusts; with another github.baseUrl deploy by hand';
  return [{ path: ['control', 'deployFrom'], text }];
}
