/** A way out through one address: a NAT gateway with an elastic IP, for vSwitches of one VPC. */
import type * as ros from '@alicloud/ros-cdk-core';
import type { VSwitch } from '@alicloud/ros-cdk-ecs';
import * as vpc from '@alicloud/ros-cdk-vpc';

export interface NatEgress {
  readonly name: string;
  readonly vpcId: ros.IResolvable | string;
  readonly vSwitches: readonly VSwitch[];
  readonly bandwidthMbit: number;
}

/** The gateway sits in the first vSwitch and serves all. Returns the address the world sees. */
export function natEgress(stack: ros.Stack, { name, vpcId, vSwitches, bandwidthMbit }: NatEgress): vpc.Eip {
  const first = vSwitches[0] as VSwitch;
  const gateway = new vpc.NatGateway(stack, 'Nat', {
    vpcId,
    vSwitchId: first.attrVSwitchId,
    natGatewayName: `nat-${name}`,
    natType: 'Enhanced',
    internetChargeType: 'PayByLcu',
    deletionForce: true,
  });
  const address = new vpc.Eip(stack, 'NatAddress', {
    name: `eip-${name}`,
    bandwidth: bandwidthMbit,
    internetChargeType: 'PayByTraffic',
  });
  const bound = new vpc.EIPAssociation(stack, 'NatAddressBound', {
    allocationId: address.attrAllocationId,
    instanceId: gateway.attrNatGatewayId,
  });
  for (const vSwitch of vSwitches) {
    const entry = new vpc.SnatEntry(stack, `Snat${vSwitch.node.id}`, {
      snatTableId: gateway.attrSNatTableId,
      snatIp: address.attrEipAddress,
      sourceVSwitchIds: [vSwitch.attrVSwitchId],
    });
    entry.addDependency(bound);
  }
  return address;
}
