/** Which runners may be running a job: the ledger's word and the cloud's, either is enough. */
import { TableError } from '../../shared/adapters/tablestore/table.ts';
import type { Config } from '../../shared/config/config.ts';
import { runnerNamePattern, TAG } from '../../shared/names.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { ledgerToRead } from '../shared/ledger.ts';

const RUNNERS_MAX = 5_000;
const PAGES_MAX = 120;

/** An instance that exists may be running a job, whatever the ledger says. Throws when either cannot be asked in full. */
export async function busyRunners(config: Config, cloud: Alibaba, endpoint?: string): Promise<string[]> {
  const instances = await Promise.all(
    config.placements.map(({ region }) => instancesIn(config, cloud, region)),
  );
  return [...new Set([...(await inLedger(config, cloud, endpoint)), ...instances.flat()])];
}

async function inLedger(config: Config, cloud: Alibaba, endpoint: string | undefined): Promise<string[]> {
  const { runners } = await ledgerToRead(config, cloud, endpoint);
  try {
    const { things, complete } = await runners.list(RUNNERS_MAX);
    if (!complete) throw new Error('the ledger holds more runners than can be looked at');
    return things.map(({ entry }) => entry.name);
  } catch (error) {
    // No table, no promise: a deploy that never came so far.
    if (error instanceof TableError && error.code === 'OTSObjectNotExist') return [];
    throw error;
  }
}

interface InstanceRecord {
  readonly InstanceName: string;
  readonly Tags?: { readonly Tag: readonly { readonly TagKey: string; readonly TagValue: string }[] };
}

async function instancesIn(config: Config, cloud: Alibaba, region: string): Promise<string[]> {
  const isOurs = ({ Tags }: InstanceRecord) =>
    Tags?.Tag.some(({ TagKey, TagValue }) => TagKey === TAG.deployment && TagValue === config.name);
  const found: string[] = [];
  let token = '';
  for (let page = 0; page === 0 || token !== ''; page++) {
    if (page === PAGES_MAX) throw new Error(`${region} has more instances of ours than can be looked at`);
    const answer = await cloud.rpc('ecs', region, 'DescribeInstances', {
      InstanceName: runnerNamePattern(config.name),
      MaxResults: '100',
      ...(token === '' ? {} : { NextToken: token }),
    });
    const { Instance } = answer.Instances as { Instance: InstanceRecord[] };
    found.push(...Instance.filter(isOurs).map(({ InstanceName }) => InstanceName));
    token = String(answer.NextToken ?? '');
  }
  return found;
}
