/** What GitHub says, and about whom: only where the App is installed does it say anything. */

import { canSee } from './accounts.ts';
import { announce } from './deliveries.ts';
import type { Installation, Repository, SimJob, SimRun } from './model.ts';
import { type JobAction, jobPayload, jobRecord, pingPayload, runPayload, runRecord } from './payloads.ts';
import { installationPayload } from './runs/installation-payload.ts';
import { listLater } from './runs/listed.ts';
import type { State } from './state.ts';

const API = 'https://api.github.com';

function installationFor(state: State, repository: Repository): Installation | null {
  const sees = [...state.installations.values()].filter((one) => !one.isSuspended && canSee(one, repository));
  return sees.at(-1) ?? null;
}

const subject = (installation: Installation | null, repository: Repository | null) => ({
  installationId: installation?.id ?? null,
  repositoryId: repository?.id ?? null,
});

export function announceJob(state: State, action: JobAction, job: SimJob): void {
  listLater(state, job.run);
  const { repository } = job.run;
  const installation = installationFor(state, repository);
  if (installation === null) return;
  const isLate = action === 'in_progress' && state.random.chance(state.behaviour.lateStatus);
  // octokit's schema: `queued` knows no status `pending`, so what its concurrency group holds looks like any other.
  const isHeld = action === 'queued' && job.isPending;
  const record = { ...jobRecord(job, API), ...(isLate || isHeld ? { status: 'queued' } : {}) };
  const payload = () => jobPayload(action, record, repository, installation, API);
  announce(state, { event: 'workflow_job', action, ...subject(installation, repository), payload });
}

export function announceRun(state: State, action: 'requested' | 'completed', run: SimRun): void {
  listLater(state, run);
  const { repository } = run;
  const installation = installationFor(state, repository);
  if (installation === null || state.options.announcesRuns !== true) return;
  const record = runRecord(state, run, API);
  const payload = () => runPayload(action, record, repository, installation, API);
  announce(state, { event: 'workflow_run', action, ...subject(installation, repository), payload });
}

export function announcePing(state: State): void {
  const payload = () => pingPayload(state.options.app.id);
  announce(state, { event: 'ping', action: null, ...subject(null, null), payload });
}

export function announceInstallation(state: State, action: string, installation: Installation): void {
  const payload = () => installationPayload(action, installation);
  announce(state, { event: 'installation', action, ...subject(installation, null), payload });
}

/** Any signed delivery: for what GitHub is not known to send. */
export function announceRaw(state: State, event: string, payload: unknown): void {
  const raw = (payload as { action?: unknown } | null)?.action;
  const action = typeof raw === 'string' ? raw : null;
  announce(state, { event, action, ...subject(null, null), payload: () => payload });
}
