/** Whether the sweep, on which everything hangs, ran lately and did all that it had to. */
import type { PastSweeps } from '../../../functions/reaper/sweep-lease.ts';
import { SWEEP_FAILURES_MIN } from '../../../shared/limits.ts';
import { formatDuration } from '../../../shared/story/format.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';

const LATE_MS = 5 * 60_000;

export const SWEEPS_CHECK: Check = {
  name: 'sweeps',
  needs: ['ledger', 'triggers'],
  async look({ sweeps, stopped, nowMs }) {
    const past = await sweeps();
    if ((await stopped())?.repositories === null) return [ok('none is needed while everything is stopped')];
    if (past === null) return [warning('there was none yet', 'wait a minute, then run doctor again')];
    return past.failedInARow > 0 ? [failed(past)] : [whole(past, nowMs())];
  },
};

function failed({ failedInARow, failure }: PastSweeps): CheckOutcome {
  const what = failure ?? 'it was cut off, or its release is older than this';
  const text = `the last ${failedInARow === 1 ? 'one' : failedInARow} failed: ${what}`;
  const say = failedInARow >= SWEEP_FAILURES_MIN ? wrong : warning;
  return say(text, 'fix what it names; the log of the reaper has each sweep (sweep.done)');
}

function whole({ endedAtMs, beganAtMs }: PastSweeps, nowMs: number): CheckOutcome {
  const advice = 'look at the log of the reaper, and whether its timer calls it';
  const isUnderWay = endedAtMs === 0 && nowMs - beganAtMs < LATE_MS;
  if (isUnderWay)
    return warning(
      `the first one began ${formatDuration(nowMs - beganAtMs)} ago`,
      'wait a minute, then run doctor again',
    );
  if (endedAtMs === 0) return wrong('none has ended', advice);
  const ago = `the last one ended ${formatDuration(nowMs - endedAtMs)} ago`;
  if (nowMs - endedAtMs > LATE_MS) return wrong(`${ago}, and there is one each minute`, advice);
  return ok(`${ago}, and nothing failed in it`);
}
