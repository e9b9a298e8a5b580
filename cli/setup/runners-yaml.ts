/** The first `runners.yaml`, from the answers. Pure. */
import { stringify } from 'yaml';
import type { BroughtNetwork, BroughtRest } from './network.ts';
import type { Answers } from './progress.ts';
import type { PlacementAnswer } from './questions.ts';

export function firstYaml(
  answers: Answers,
  placement: PlacementAnswer | BroughtNetwork,
  { images, selfDestructRole }: BroughtRest,
): string {
  const registryMirror = 'registryMirror' in placement ? placement.registryMirror : null;
  const content = {
    name: answers.name,
    control: { region: answers.region },
    github: { baseUrl: answers.baseUrl.replace(/\/+$/, ''), scope: answers.scope },
    repositories: { allow: answers.allow },
    ...(registryMirror === null ? {} : { defaults: { registryMirror } }),
    limits: PROPOSED,
    ...(images === null ? {} : { images }),
    placements: ['securityGroup' in placement ? brought(placement) : made(placement)],
    ...(selfDestructRole === null ? {} : { selfDestruct: { roleName: selfDestructRole } }),
  };
  return `# Every key and its default: docs/configure.md\n# limits.spendPerHour and spendPerDay are a proposal, in your account's currency: raise them when jobs wait for them.\n# yaml-language-server: $schema=./runners.schema.json\n${stringify(content)}`;
}

/** A hundred machines of eight cores on spot for an hour; and six such hours a day. */
const PROPOSED = { spendPerHour: 50, spendPerDay: 300 };

/** `npm run deploy` makes it and fills in the ids. */
function made({ region, zones, mirrorBucket }: PlacementAnswer) {
  return {
    region,
    network: { cidr: '10.88.0.0/16' },
    zones: Object.fromEntries(zones.map((zone) => [zone, 'vsw-pending'])),
    securityGroup: 'sg-pending',
    ...(mirrorBucket === null ? {} : { mirrorBucket }),
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
