/** Where runners would boot, and by which ways functions and runners go out: vSwitches, security groups, proxies. */
import { allowedRanges } from '../../../infra/egress.ts';
import { zoneIdOf } from '../../../infra/names.ts';
import type { PlacementConfig } from '../../../shared/config/config.ts';
import { isMainland } from '../../../shared/config/regions.ts';
import { type Check, ok, warning, wrong } from '../finding.ts';
import { type EgressRule, openRanges } from '../private-ranges.ts';
import type { DoctorWorld } from '../world.ts';
import { nullIfAbsent } from './roles.ts';

export const NETWORK_CHECKS: readonly Check[] = [
  {
    name: 'vSwitches',
    needs: ['credentials', 'configuration'],
    async look(world) {
      const findings = [];
      for (const placement of world.config.placements)
        for (const [zone, id] of Object.entries(placement.zones))
          findings.push(...(await vSwitch(world, placement, zone, id)));
      return findings.length > 0 ? findings : [ok('each is in its zone, with addresses left')];
    },
  },
  {
    name: 'security groups',
    needs: ['credentials', 'configuration'],
    async look(world) {
      const findings = [];
      for (const placement of world.config.placements) findings.push(...(await group(world, placement)));
      return findings.length > 0
        ? findings
        : [ok('nobody gets in, members are apart, private networks are shut')];
    },
  },
  { name: 'ways to GitHub', needs: ['configuration'], look: async ({ config }) => waysOut(config) },
];

function waysOut({ control, placements }: DoctorWorld['config']) {
  const findings = placements
    .filter(({ proxy }) => proxy?.http !== undefined && proxy.https === undefined)
    .map(({ region }) =>
      warning(
        `the proxy of ${region} is for http alone: runners go straight to GitHub`,
        'name it as placements[].proxy.https, too',
      ),
    );
  if (isMainland(control.region) && control.egressProxy === null)
    findings.push(
      warning(
        `the functions are in ${control.region}, from where GitHub is slow or out of reach`,
        'set control.egressProxy, or take a control.region outside of mainland China',
      ),
    );
  return findings.length > 0
    ? findings
    : [ok('runners.yaml has what they need; npm run prove measures them from inside a placement')];
}

interface VSwitch {
  readonly VpcId: string;
  readonly ZoneId: string;
  readonly AvailableIpAddressCount: number;
}

/** What a deploy made once, it makes again, and writes the new ids. */
const stepFor = ({ network }: PlacementConfig): string =>
  network === null
    ? 'correct placements in runners.yaml'
    : 'run npm run deploy, which makes its network again after a destroy; or correct placements in runners.yaml';

async function findVSwitch({ alibaba }: DoctorWorld, region: string, id: string) {
  const answer = await alibaba.rpc('vpc', region, 'DescribeVSwitches', { VSwitchId: id });
  return (answer.VSwitches as { VSwitch: VSwitch[] }).VSwitch[0];
}

async function vSwitch(world: DoctorWorld, placement: PlacementConfig, zone: string, id: string) {
  const { region } = placement;
  const { config } = world;
  const found = await findVSwitch(world, region, id);
  if (found === undefined) return [wrong(`${id} does not exist in ${region}`, stepFor(placement))];
  const zoneId = zoneIdOf(region, zone);
  if (found.ZoneId !== zoneId)
    return [wrong(`${id} is in ${found.ZoneId}, not ${zoneId}`, 'correct placements.zones in runners.yaml')];
  if (placement.vpc !== null && placement.vpc !== found.VpcId)
    return [
      wrong(`${id} is in ${found.VpcId}, not ${placement.vpc}`, 'correct placements.vpc in runners.yaml'),
    ];
  const left = found.AvailableIpAddressCount;
  if (left === 0)
    return [wrong(`${id} has no address left`, 'take a larger vSwitch, or delete what fills it')];
  if (left < config.limits.runners / Object.keys(placement.zones).length)
    return [
      warning(`${id} has ${left} addresses left`, 'limits.runners may not be reached: take a larger vSwitch'),
    ];
  return [];
}

/** Of a placement without the key, its vSwitches say it. */
async function vpcsOf(world: DoctorWorld, { region, vpc, zones }: PlacementConfig): Promise<string[]> {
  if (vpc !== null) return [vpc];
  const found = await Promise.all(Object.values(zones).map((id) => findVSwitch(world, region, id)));
  return [...new Set(found.flatMap((each) => each?.VpcId ?? []))];
}

async function group(world: DoctorWorld, placement: PlacementConfig) {
  const { region, securityGroup: id, proxy, network } = placement;
  const asked = { SecurityGroupId: id, Direction: 'all' };
  const answer = await world.alibaba
    .rpc('ecs', region, 'DescribeSecurityGroupAttribute', asked)
    .catch(nullIfAbsent);
  if (answer === null) return [wrong(`${id} does not exist in ${region}`, stepFor(placement))];
  const others = (await vpcsOf(world, placement)).filter((vpc) => vpc !== answer.VpcId);
  if (others.length > 0)
    return [
      wrong(
        `${id} is in ${answer.VpcId}, and the placement in ${others.join(', ')}: ECS launches nothing there`,
        stepFor(placement),
      ),
    ];
  return openings(answer, id, allowedRanges(proxy, network?.allowPrivate ?? []));
}

/** ECS's own answer (SDK model DescribeSecurityGroupAttributeResponseBody). */
function openings(answer: Readonly<Record<string, unknown>>, id: string, allowed: readonly string[]) {
  const rules = (answer.Permissions as { Permission: EgressRule[] }).Permission;
  const findings = [];
  if (answer.NextToken)
    findings.push(warning(`${id}: has more rules than were looked at`, 'look at the rest by hand'));
  if (answer.InnerAccessPolicy !== 'Drop')
    findings.push(
      wrong(
        `${id}: its members reach each other`,
        'set its inner access policy to Drop, or take an advanced group',
      ),
    );
  if (rules.some(({ Direction, Policy }) => Direction === 'ingress' && Policy.toLowerCase() === 'accept'))
    findings.push(wrong(`${id}: lets someone in`, 'remove its inbound rules: runners only call out'));
  const out = rules.filter(({ Direction }) => Direction === 'egress');
  const open = openRanges(out, allowed);
  if (open.length > 0)
    findings.push(
      warning(
        `${id}: jobs reach private networks (${open.join(', ')})`,
        'refuse these ranges on the way out',
      ),
    );
  return findings;
}
