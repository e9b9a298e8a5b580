/** The ledger, looked at: its tables, and what the mirror noted. */
import { regionsInUse } from '../../functions/reaper/survey/known.ts';
import { pastSweeps } from '../../functions/reaper/sweep-lease.ts';
import { type AccessKey, withoutNull } from '../../shared/adapters/alibaba/acs3.ts';
import { callsOf, type TableStoreConnection } from '../../shared/adapters/tablestore/client.ts';
import type { TableShape } from '../../shared/adapters/tablestore/remote.ts';
import { TableError } from '../../shared/adapters/tablestore/table.ts';
import { tablestoreLedger } from '../../shared/adapters/tablestore/tables.ts';
import { describeTable, shapeIn } from '../../shared/adapters/tablestore/wire/messages.ts';
import { readGitHubNote } from '../../shared/github-note.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { COPIES_NOTE, parseCopies } from '../../shared/runner/copies.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../shared/runner/release.ts';

interface Place {
  readonly endpoint: string;
  readonly instance: string;
}

async function connectionTo(
  place: Place,
  accessKey: () => Promise<AccessKey>,
): Promise<TableStoreConnection> {
  const credentials = withoutNull(await accessKey());
  return { ...place, credentials: () => credentials };
}

const isNoTable = (error: unknown) => error instanceof TableError && error.code === 'OTSObjectNotExist';

export function tableReader(place: Place, accessKey: () => Promise<AccessKey>) {
  return async (tableName: string): Promise<TableShape | null> => {
    const call = callsOf(await connectionTo(place, accessKey));
    try {
      const { keys, timeToLiveS } = await call('DescribeTable', tableName, describeTable(tableName), shapeIn);
      const [first, second] = keys;
      return { name: tableName, keys: [first ?? '', second ?? ''], timeToLiveS };
    } catch (error) {
      if (isNoTable(error)) return null;
      throw error;
    }
  };
}

export function ledgerReader(place: Place, accessKey: () => Promise<AccessKey>) {
  const read = async <Found>(
    look: (ledger: Pick<Ledger, 'notes' | 'capacity' | 'runners'>) => Promise<Found>,
  ): Promise<Found | null> => {
    const connection = await connectionTo(place, accessKey);
    try {
      return await look(tablestoreLedger(connection, () => 'doctor only reads'));
    } catch (error) {
      if (isNoTable(error)) return null;
      throw error;
    }
  };
  return {
    /** Null: the reaper has not looked, or there is no ledger yet. */
    mirrored: () =>
      read(async ({ notes }) => {
        const held = await notes.read(RUNNER_RELEASE_NOTE);
        return held === null ? null : parseRunnerRelease(held.entry.text);
      }),
    copies: () =>
      read(async ({ notes }) => {
        const held = await notes.read(COPIES_NOTE);
        return held === null ? null : parseCopies(held.entry.text);
      }),
    sweeps: () => read(pastSweeps),
    stopped: () => read(async ({ capacity }) => (await capacity.view()).stop ?? null),
    regionsInUse: () => read((ledger) => regionsInUse({ ledger, clock: { nowMs: Date.now } })),
    gitHubNote: (owner: string) => read((ledger) => readGitHubNote(owner, ledger)),
  };
}
