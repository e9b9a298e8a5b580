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
    limits: PROPOSED,
    placements: ['securityGroup' in placement ? brought(placement) : made(placement)],
  };
  return `# Every key and its default: docs/configure.md\n# limits.spendPerHour and spendPerDay are a proposal, in your account's currency: raise them when jobs wait for them.\n# yaml-language-server: $schema=./runners.schema.json\n${stringify(content)}`;
}

/** A hundred machines of eight cores on spot for an hour; and six such hours a day. */
const PROPOSED = { spendPerHour: 50, spendPerDay: 300 };

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
