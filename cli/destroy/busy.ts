/** Which runners may be running a job: the ledger's word and the cloud's, either is enough. */
import { TableError } from '../../shared/adapters/tablestore/table.ts';
import type { Config } from '../../shared/config/config.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { INSTANCE_VISIBLE_MS } from '../../shared/limits.ts';
import { runnerNamePattern, TAG } from '../../shared/names.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { ledgerToRead } from '../shared/ledger.ts';

const RUNNERS_MAX = 5_000;
const PAGES_MAX = 120;
/** API reference DescribeInstances: ids, and results a page. */
const IDS_PER_CALL_MAX = 100;

/**
 * An instance that exists may be running a job, whatever the ledger says; an entry may only while its launch could yet show
 * one, for after a stop no sweep is left to remove it. Throws when either cannot be asked in full.
 */
export async function busyRunners(
  config: Config,
  cloud: Alibaba,
  nowMs: number,
  endpoint?: string,
): Promise<string[]> {
  const { runners } = await ledgerToRead(config, cloud, endpoint);
  const entries = await entriesOf(runners);
  const regions = new Set([...config.placements, ...entries.flatMap(placesOf)].map(({ region }) => region));
  const tagged = await Promise.all([...regions].map((region) => instancesIn(config, cloud, region)));
  const ids = await knownIds(entries, cloud);
  const ours = entries.filter((entry) => mayHaveMachine(entry, ids, nowMs)).map(({ name }) => name);
  return [...new Set([...ours, ...tagged.flat()])];
}

/** Also one that was taken out of `runners.yaml`. */
const placesOf = ({ region, walks }: RunnerEntry): readonly { readonly region: string }[] =>
  region === null ? (walks ?? []) : [{ region }];

/** Pure. `ids`: those of the ledger that the cloud still has. */
export function mayHaveMachine(
  { instanceId, leaseUntilMs }: Pick<RunnerEntry, 'instanceId' | 'leaseUntilMs'>,
  ids: ReadonlySet<string>,
  nowMs: number,
): boolean {
  if (instanceId !== null && ids.has(instanceId)) return true;
  return leaseUntilMs + INSTANCE_VISIBLE_MS > nowMs;
}

async function entriesOf(runners: Ledger['runners']): Promise<RunnerEntry[]> {
  try {
    const { things, complete } = await runners.list(RUNNERS_MAX);
    if (!complete) throw new Error('the ledger holds more runners than can be looked at');
    return things.map(({ entry }) => entry);
  } catch (error) {
    // No table, no promise: a deploy that never came so far.
    if (error instanceof TableError && error.code === 'OTSObjectNotExist') return [];
    throw error;
  }
}

/** By id: what lost its name or tag. */
async function knownIds(entries: readonly RunnerEntry[], cloud: Alibaba): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const region of new Set(entries.flatMap((entry) => entry.region ?? []))) {
    const ids = entries.flatMap((each) => (each.region === region ? (each.instanceId ?? []) : []));
    for (let from = 0; from < ids.length; from += IDS_PER_CALL_MAX) {
      const InstanceIds = JSON.stringify(ids.slice(from, from + IDS_PER_CALL_MAX));
      const MaxResults = String(IDS_PER_CALL_MAX);
      const answer = await cloud.rpc('ecs', region, 'DescribeInstances', { InstanceIds, MaxResults });
      const { Instance } = answer.Instances as { Instance: InstanceRecord[] };
      for (const { InstanceId } of Instance) known.add(InstanceId);
    }
  }
  return known;
}

interface InstanceRecord {
  readonly InstanceId: string;
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
