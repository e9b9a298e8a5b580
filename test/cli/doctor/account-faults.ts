/** What is wrong with the account, its rules, or where the App may look; and what doctor says of it. */
import type { Config } from '../../../shared/config/config.ts';
import type { Fault } from './faults.ts';
import type { Healthy } from './healthy.ts';

const withoutVpc = ({ placements }: Config): Partial<Config> => ({
  placements: placements.map((one) => ({ ...one, vpc: null })),
});
const moveGroup = ({ management }: Healthy) =>
  Object.assign(management.groups.get('sg-cn-hangzhou') ?? {}, { vpc: 'vpc-other' });
const seesOnly = ({ github, installation }: Healthy, repositories: string[]) => {
  github.uninstall(installation);
  github.install('my-org', repositories);
};

// biome-ignore format: a table reads best as a table.
export const ACCOUNT_FAULTS: [what: string, level: 'wrong' | 'warning' | 'unknown', says: RegExp, fault: Fault, advice?: RegExp][] = [
  ['an account without Function Compute', 'wrong', /^functions: GetFunction was refused: 403 ServiceNotActivated/, { breakIt: ({ management }) => { management.hasNoFunctionCompute = true; } }, /^activate that service/],
  ['a control policy of the resource directory', 'unknown', /^quota: could not be looked at: DescribeAccountAttributes was refused: 403 NoPermission \(ecs:DescribeAccountAttributes, by a control policy of the resource directory\)/, { breakIt: ({ management }) => management.forbidden.add('ecs:DescribeAccountAttributes') }, /^no right of this key helps/],
  ['a right that is named', 'unknown', /^quota: could not be looked at: .* \(ecs:DescribeAccountAttributes\)$/, { breakIt: ({ denied }) => denied.add('ecs:DescribeAccountAttributes') }, /^allow this action/],
  ['an identity that may not run instances', 'unknown', /^launch: cn-hangzhou: no launch was tried \(NoPermission\)$/, { breakIt: ({ denied }) => denied.add('ecs:RunInstances') }, /^this identity may not run instances/],
  ['an account without any spot', 'wrong', /^quota: cn-hangzhou: max-spot-instance-vcpu-count is 0: no spot instance can be launched$/, { breakIt: ({ management }) => management.quotas.set('max-spot-instance-vcpu-count', '0') }, /Quota Center/],
  ['a security group that is not there', 'wrong', /^security groups: sg-cn-hangzhou does not exist in cn-hangzhou$/, { breakIt: ({ management }) => management.groups.delete('sg-cn-hangzhou') }, /^correct placements/],
  ['a security group of another network', 'wrong', /^security groups: sg-cn-hangzhou is in vpc-other, and the placement in vpc-cn-hangzhou: ECS launches nothing there$/, { breakIt: moveGroup }],
  ['a security group of another network than its vSwitches', 'wrong', /^security groups: sg-cn-hangzhou is in vpc-other, and the placement in vpc-cn-hangzhou/, { config: withoutVpc, breakIt: moveGroup }],
  ['an App that was given other repositories', 'wrong', /^App installation: the App does not see my-org\/kernel: GitHub tells it of none of its jobs$/, { breakIt: (all) => seesOnly(all, ['my-org/app']) }],
];
