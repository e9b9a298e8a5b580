/** Where runners would boot: vSwitches, security groups. */
import { BlockList, isIP } from 'node:net';
import { zoneIdOf } from '../../../infra/names.ts';
import type { PlacementConfig } from '../../../shared/config/config.ts';
import { type Check, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

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
];

interface VSwitch {
  readonly VpcId: string;
  readonly ZoneId: string;
  readonly AvailableIpAddressCount: number;
}

async function vSwitch(
  { alibaba, config }: DoctorWorld,
  placement: PlacementConfig,
  zone: string,
  id: string,
) {
  const { region } = placement;
  const answer = await alibaba.rpc('vpc', region, 'DescribeVSwitches', { VSwitchId: id });
  const [found] = (answer.VSwitches as { VSwitch: VSwitch[] }).VSwitch;
  if (found === undefined)
    return [wrong(`${id} does not exist in ${region}`, 'correct placements in runners.yaml')];
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

interface Rule {
  readonly Direction: string;
  readonly Policy: string;
  readonly DestCidrIp?: string;
  readonly Priority?: string | number;
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * ECS docs, "Security group rules": the smaller number comes first, and of two alike the one that drops. Only rules
 * that are about the whole range count here: `network.allowPrivate` opens a part of it on purpose.
 */
function isShut(range: string, rules: readonly Rule[]): boolean {
  const about = rules.filter(({ DestCidrIp }) => DestCidrIp !== undefined && covers(DestCidrIp, range));
  const isDrop = ({ Policy }: Rule) => Policy.toLowerCase() === 'drop';
  const [first] = about.sort(
    (a, b) => Number(a.Priority ?? 1) - Number(b.Priority ?? 1) || Number(isDrop(b)) - Number(isDrop(a)),
  );
  return first !== undefined && isDrop(first);
}

function covers(wide: string, range: string): boolean {
  const [network = '', prefix = ''] = wide.split('/');
  const [inner = '', innerPrefix = ''] = range.split('/');
  if (isIP(network) !== 4 || Number(prefix) > Number(innerPrefix)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), 'ipv4');
  return list.check(inner, 'ipv4');
}

async function group({ alibaba }: DoctorWorld, { region, securityGroup: id }: PlacementConfig) {
  const answer = await alibaba.rpc('ecs', region, 'DescribeSecurityGroupAttribute', {
    SecurityGroupId: id,
    Direction: 'all',
  });
  const rules = (answer.Permissions as { Permission: Rule[] }).Permission;
  const findings = [];
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
  const open = PRIVATE.filter((range) => !isShut(range, out));
  if (open.length > 0)
    findings.push(
      warning(
        `${id}: jobs reach private networks (${open.join(', ')})`,
        'refuse these ranges on the way out',
      ),
    );
  return findings;
}
