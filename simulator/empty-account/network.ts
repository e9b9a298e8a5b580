/** The networks of a template, as ECS and doctor see them. */
import type { Ecs } from '../ecs/index.ts';
import { GROUP_MAX } from '../ecs/region/network.ts';
import { ManagementRefusal, type ManagementState } from '../management/index.ts';

interface Places {
  readonly management: ManagementState;
  readonly ecs: Ecs;
}

interface Made {
  readonly id: string;
  readonly region: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  text(property: string): string;
}

/** VPC docs: four addresses of each vSwitch are the system's. */
const SYSTEM_ADDRESSES = 4;

export function makeVSwitch({ management, ecs }: Places, { id, region, text }: Made): void {
  if (management.vSwitches.has(id)) return;
  const freeIps = 2 ** (32 - Number(text('CidrBlock').split('/')[1])) - SYSTEM_ADDRESSES;
  const [vpc, zone] = [text('VpcId'), text('ZoneId')];
  management.vSwitches.set(id, { vpc, zone, freeIps, region });
  ecs.region(region).network.vSwitches.set(id, { id, vpc, zone, freeIps, status: 'Available' });
}

export function removeVSwitch({ management, ecs }: Places, { id, region }: Made): void {
  if (ecs.alive().some(({ vSwitch }) => vSwitch === id))
    throw new ManagementRefusal(400, 'DependencyViolation', `there is an instance in ${id}`);
  management.vSwitches.delete(id);
  ecs.region(region).network.vSwitches.delete(id);
}

interface Rule {
  readonly Policy: 'accept' | 'drop';
  readonly DestCidrIp?: string;
  readonly SourceCidrIp?: string;
  readonly Priority: number;
}

/** ECS docs, "Basic and advanced security groups": members of an advanced one do not reach each other. */
export function makeGroup({ management, ecs }: Places, { id, region, text, Properties }: Made): void {
  const rules = (['egress', 'ingress'] as const).flatMap((direction) =>
    (
      (Properties[direction === 'egress' ? 'SecurityGroupEgress' : 'SecurityGroupIngress'] ?? []) as Rule[]
    ).map(({ Policy, DestCidrIp, SourceCidrIp, Priority }) => ({
      direction,
      policy: Policy === 'drop' ? ('Drop' as const) : ('Accept' as const),
      cidr: (direction === 'egress' ? DestCidrIp : SourceCidrIp) ?? '',
      priority: String(Priority),
    })),
  );
  const isAdvanced = text('SecurityGroupType') === 'enterprise';
  const innerAccess = isAdvanced ? 'Drop' : 'Accept';
  const instancesMax = GROUP_MAX[isAdvanced ? 'enterprise' : 'normal'];
  management.groups.set(id, { region, vpc: text('VpcId'), innerAccess, rules });
  ecs.region(region).network.securityGroups.set(id, { id, vpc: text('VpcId'), instancesMax });
}

export function removeGroup({ management, ecs }: Places, { id, region }: Made): void {
  management.groups.delete(id);
  ecs.region(region).network.securityGroups.delete(id);
}
