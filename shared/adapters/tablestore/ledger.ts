/** The ledger (docs: "Ledger"), over two tables. */

import type { CheckEntry } from '../../check-runs/check-entry.ts';
import type { JobEntry, Note, RefusalEntry, RerunEntry, RunnerEntry } from '../../ledger/entries.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { isLegalMove } from '../../ledger/moves.ts';
import type { JobId, RunId, RunnerName } from '../../nouns.ts';
import { capacityOn } from './capacity/capacity.ts';
import { entriesOf, type Kind } from './entries.ts';
import { historyOn } from './history.ts';
import { snapshotsOn, unavailableOn } from './market.ts';
import type { Table } from './table.ts';
import { listTogether } from './together.ts';

const JOB: Kind<JobEntry> = {
  kind: 'job',
  show: ({ job, nextTryAtMs, because }) => ({ repository: job.repository, nextTryAtMs, because }),
};

const RUNNER: Kind<RunnerEntry> = {
  kind: 'runner',
  show: ({ state, repository, instanceId, because }) => ({
    state,
    repository,
    instanceId: instanceId ?? '',
    because,
  }),
  allow: (now, next) => {
    if (now.name !== next.name) throw new Error(`runner ${now.name} cannot become ${next.name}`);
    if (!isLegalMove(now.state, next.state))
      throw new Error(`runner ${now.name} cannot go from ${now.state} to ${next.state}`);
  },
};

const RERUN: Kind<RerunEntry> = {
  kind: 'rerun',
  show: ({ repository, attempt }) => ({ repository, attempt }),
};

const REFUSAL: Kind<RefusalEntry> = {
  kind: 'refusal',
  show: ({ job, because }) => ({ repository: job.repository, because }),
};

const CHECK: Kind<CheckEntry> = {
  kind: 'check',
  show: ({ repository, attempt }) => ({ repository, attempt }),
};

const NOTE: Kind<Note> = {
  kind: 'note',
  show: ({ text }) => ({ text }),
};

/** `newToken` must never give the same token twice, in any invocation; it must hold no space. */
export function ledgerOn(
  tables: { readonly ledger: Table; readonly history: Table },
  newToken: () => string,
): Ledger {
  const { ledger, history } = tables;
  return {
    jobs: entriesOf<JobId, JobEntry>(ledger, newToken, JOB),
    runners: entriesOf<RunnerName, RunnerEntry>(ledger, newToken, RUNNER),
    reruns: entriesOf<RunId, RerunEntry>(ledger, newToken, RERUN),
    refusals: entriesOf<JobId, RefusalEntry>(ledger, newToken, REFUSAL),
    checks: entriesOf<string, CheckEntry>(ledger, newToken, CHECK),
    notes: entriesOf<string, Note>(ledger, newToken, NOTE),
    capacity: capacityOn(ledger, newToken),
    history: historyOn(history, newToken),
    unavailable: unavailableOn(ledger),
    market: snapshotsOn(ledger),
    together: (part, max) => listTogether(ledger, part, max),
  };
}
