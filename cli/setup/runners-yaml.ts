/** The first `runners.yaml`, from the answers. Pure. */
import { stringify } from 'yaml';
import type { BroughtNetwork } from './network.ts';
import type { Answers } from './progress.ts';
import type { PlacementAnswer } from './questions.ts';

export function firstYaml(answers: Answers, placement: PlacementAnswer | BroughtNetwork): string {
  const content = {
    name: answers.name,
    control: { region: answers.region },
    github: { baseUrl: answers.baseUrl.replace(/\/+$/, ''), scope: answers.scope },
    repositories: { allow: answers.allow },
    placements: ['securityGroup' in placement ? brought(placement) : made(placement)],
  };
  return `# Every key and its default: docs/configure.md\n# yaml-language-server: $schema=./runners.schema.json\n${stringify(content)}`;
}

/** `npm run deploy` makes it and fills in the ids. */
function made({ region, zones }: PlacementAnswer) {
  return {
    region,
    network: { cidr: '10.88.0.0/16' },
    zones: Object.fromEntries(zones.map((zone) => [zone, 'vsw-pending'])),
    securityGroup: 'sg-pending',
  };
}

function brought({ region, vpc, zones, securityGroup, keyPair, proxy }: BroughtNetwork) {
  return {
    region,
    ...(vpc === null ? {} : { vpc }),
    zones,
    securityGroup,
    ...(keyPair === null ? {} : { keyPair }),
    ...(proxy === null ? {} : { proxy }),
  };
}
