/** The TableStore instance and tables of a template. */
import { ManagementRefusal } from '../management/index.ts';
import {
  createTable,
  NEW_INSTANCE_NETWORKS,
  type NetworkType,
  type TableStore,
} from '../tablestore/index.ts';

const TAGS_MAX = 5;

interface Place {
  readonly store: TableStore;
}

interface Made {
  readonly Properties: Readonly<Record<string, unknown>>;
  text(property: string): string;
}

/**
 * Whether `Network: NORMAL` of the older type opens it to the Internet is UNCONFIRMED (docs/facts.md): it does not.
 * An instance that stays keeps the ACL that it has.
 */
export function makeLedger({ store }: Place, { text, Properties }: Made): void {
  // ROS's InstanceV2 says 20, its Instance and facts of the service's own call 5: what is not known is refused.
  if (((Properties.Tags as readonly unknown[] | undefined) ?? []).length > TAGS_MAX)
    throw new ManagementRefusal(400, 'OTSParameterInvalid', 'An instance takes at most 5 tags.');
  if (store.instance === text('InstanceName')) return;
  const networks = (Properties.NetworkTypeACL as NetworkType[] | undefined) ?? NEW_INSTANCE_NETWORKS;
  Object.assign(store, { instance: text('InstanceName'), networks });
}

/** Its tables go with it. */
export function removeLedger({ store }: Place): void {
  Object.assign(store, { instance: '', networks: NEW_INSTANCE_NETWORKS });
  store.tables.clear();
}

export function makeTable({ store }: Place, { text, Properties }: Made): void {
  const name = text('TableName');
  if (store.tables.has(name)) return;
  const keys = (Properties.PrimaryKey as readonly { Name: string }[]).map(({ Name }) => Name);
  createTable(store, { name, keys: keys as [string, string], timeToLiveS: Number(Properties.TimeToLive) });
}
