/** What is said and looked at before anything is asked: what will happen, what it costs, and whether it can be done. */
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import { COST_SOURCE, monthly } from '../deploy/standing-costs.ts';
import type { Service } from '../shared/alibaba.ts';
import { isDenied } from '../shared/alibaba.ts';
import type { SetupWorld } from './world.ts';

const INTRODUCTION = `Half an hour, of which ten minutes are yours:
  1. a few questions: where functions and runners live, and whose jobs get one
  2. a GitHub App of your own, which GitHub makes at a click and you install
  3. runners.yaml and .env, here
  4. a deploy, once you say so: network, ledger, roles, four functions`;

/** Each of these goes on below itself where the terminal is narrow. */
const BEFOREHAND = [
  'It can be left at any question (Ctrl-C), and goes on from there. Until you say "Deploy now?" yes, nothing is made that costs money.',
  `While no job runs a deployment costs next to nothing, but for its network's way out: a NAT gateway, about USD ${monthly('cn-hangzhou')} a month in mainland China and ${monthly('ap-southeast-1')} elsewhere (${COST_SOURCE}).`,
  'With egress: public-ip in runners.yaml there is none: each machine has an address of its own.',
];

/** Throws what has to be done first. Nothing is written before. */
export async function begin(world: SetupWorld): Promise<void> {
  if (world.progress.read().answers === null)
    for (const each of [INTRODUCTION, ...BEFOREHAND]) world.say(each);
  const region = world.variables.ALIYUN_REGION_ID ?? 'cn-hangzhou';
  const { AccountId, Arn } = await world.alibaba.rpc('sts', region, 'GetCallerIdentity').catch(unknownKey);
  world.say(`Alibaba Cloud: account ${AccountId}, as ${Arn ?? 'its owner'}.`);
  const refused = await refusedOf(region, world);
  if (refused.length === 0) return;
  world.say(
    `This identity may not look at ${refused.join(', ')}, and a deploy needs to make such things. Allow it, or use another: docs/install.md lists what a deploy needs.`,
  );
  if (!(await world.ask.confirm('Go on all the same?')))
    throw new Error('Run npm run setup again with an identity that may.');
}

function unknownKey(error: unknown): never {
  if (!(error instanceof AlibabaRefusal)) throw error;
  throw new Error(
    `Alibaba Cloud does not take this access key: ${error.message}\nIs it switched on, and of the account that you mean? Then run npm run setup again.`,
    { cause: error },
  );
}

/** What a deploy looks at first, where looking changes nothing. */
const LOOKS: readonly (readonly [service: Service, action: string, what: string])[] = [
  ['ros', 'ListStacks', 'stacks (ros:ListStacks)'],
  ['ecs', 'DescribeZones', 'zones (ecs:DescribeZones)'],
];

async function refusedOf(region: string, { alibaba }: SetupWorld): Promise<string[]> {
  const looks = LOOKS.map(async ([service, action, what]) => {
    try {
      await alibaba.rpc(service, region, action);
      return [];
    } catch (error) {
      return error instanceof AlibabaRefusal && isDenied(error.code) ? [what] : [];
    }
  });
  return (await Promise.all(looks)).flat();
}
