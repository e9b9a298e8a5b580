/** The check of one run, told by hand: each telling as if by a sweep of its own. */
import { openBudget } from '../../../../../functions/reaper/rounds/checks/budget.ts';
import type { Context } from '../../../../../functions/reaper/rounds/checks/lines.ts';
import type { ToldRun } from '../../../../../functions/reaper/rounds/checks/runs.ts';
import { tellRun } from '../../../../../functions/reaper/rounds/checks/tell-run.ts';
import type { CheckEntry } from '../../../../../shared/check-runs/check-entry.ts';
import type { CheckRun } from '../../../../../shared/check-runs/check-runs.ts';
import type { Held } from '../../../../../shared/ledger/ledger.ts';
import type { JobId, RunId, RunRecord } from '../../../../../shared/nouns.ts';
import type { GitHub } from '../../../../../shared/ports.ts';
import { build, held } from '../../../../shared/ledger/builders.ts';
import { openReaper, type ReaperFixture } from '../../fixture.ts';

export const JOB = build.job(1, { repository: 'acme/app', runId: 7 as RunId });
const ENTRY = build.jobEntry(1, { job: JOB });
export const RUN: ToldRun = {
  ...{
    key: '7-1',
    runId: 7 as RunId,
    attempt: 1,
    repository: 'acme/app',
    isPublic: false,
    installationId: 7,
  },
  ...{ check: null, alive: new Map([[1 as JobId, ENTRY]]), refused: [] },
};
export const RECORD: RunRecord = {
  ...{ id: 7 as RunId, attempt: 1, status: 'queued', conclusion: null, event: 'push' },
  ...{ repositoryId: 5, headRepositoryId: 5, headSha: 'a'.repeat(40), workflow: 'CI' },
  ...{ workflowId: 1, branch: 'main', number: 1, createdAtMs: 0 },
};
export const context = (nowMs: number): Context => ({
  nowMs,
  audience: { deployment: 'ci', currency: null, isPublic: false, since: () => '', next: () => '' },
  runnersOf: () => [],
  aheadOf: () => null,
});

export interface OneRun {
  readonly at: ReaperFixture;
  /** By whether it was made or changed. */
  readonly told: (CheckRun & { readonly checkId: number | null })[];
  /** As the sweep of this moment would: with the entry as it is, and a budget of its own. */
  readonly tell: (run?: ToldRun) => Promise<string>;
  readonly read: () => Promise<Held<CheckEntry>>;
}

export function openOneRun(github: Partial<GitHub> = {}, ageMs = 0): OneRun {
  const told: OneRun['told'] = [];
  const at: ReaperFixture = openReaper({
    github: {
      run: async () => ({ ...RECORD, createdAtMs: at.clock.nowMs() - ageMs }),
      findCheck: async () => ({ kind: 'unseen' }),
      ...github,
      async writeCheck(target, repository, check, checkId) {
        told.push({ ...check, checkId });
        return github.writeCheck?.(target, repository, check, checkId) ?? { kind: 'written', checkId: 3 };
      },
    },
  });
  const { ledger } = at.world;
  const tell = async (run?: ToldRun) => {
    const now = run ?? { ...RUN, check: await ledger.checks.read(RUN.key) };
    return tellRun(now, context(at.clock.nowMs()), await openBudget(ledger, at.clock.nowMs()), at.world);
  };
  const read = async () => held(await ledger.checks.read(RUN.key));
  return { at, told, tell, read };
}
