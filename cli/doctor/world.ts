/** What doctor looks at. */

import type { PastSweeps } from '../../functions/reaper/sweep-lease.ts';
import type { GitHubRequest } from '../../shared/adapters/github/request.ts';
import type { TableShape } from '../../shared/adapters/tablestore/remote.ts';
import type { Config } from '../../shared/config/config.ts';
import type { GitHubNote } from '../../shared/github-note.ts';
import type { Stop } from '../../shared/ledger/stop.ts';
import type { Copies } from '../../shared/runner/copies.ts';
import type { RunnerRelease } from '../../shared/runner/release.ts';
import type { Alibaba } from '../shared/alibaba.ts';

export interface DoctorWorld {
  readonly config: Config;
  /** `.env` and the environment: what a deploy passes on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly alibaba: Alibaba;
  readonly github: GitHubRequest;
  /** The table as it is; null: there is none. Throws when the instance is out of reach. */
  readonly table: (name: string) => Promise<TableShape | null>;
  /** Where paths in `.env` count from. */
  readonly root: string;
  /** The answer of the invocation gateway to a call signed so, of a function that does not exist. */
  readonly probe: (signature: 'fc' | 'acs3') => Promise<{ readonly status: number; readonly code: string }>;
  /** The release that would be deployed from here; null: nothing is built. */
  readonly release: string | null;
  /** The runner release that the ledger names, and the regions whose bucket has it; null: none, and no job can start. */
  readonly mirrored: () => Promise<RunnerRelease | null>;
  /** How the copies of the newest one get on, as the reaper saw last; null: it did not look yet. */
  readonly copies: () => Promise<Copies | null>;
  /** SHA-1 of the root certificate that is served there; null: it could not be read. */
  readonly rootOf: (host: string) => Promise<string | null>;
  /** How the last sweeps went; null: there was none. */
  readonly sweeps: () => Promise<PastSweeps | null>;
  /** What the operator has stopped; null: nothing. */
  readonly stopped: () => Promise<Stop | null>;
  /** What the sweep noted of GitHub's calls for this owner; null: there is no ledger. */
  readonly gitHubNote: (owner: string) => Promise<Pick<GitHubNote, 'limit' | 'lows'> | null>;
  /** Region → until when something of ours may live there; null: there is no ledger. Throws when it cannot be read. */
  readonly regionsInUse: () => Promise<ReadonlyMap<string, number> | null>;
  readonly nowMs: () => number;
}
