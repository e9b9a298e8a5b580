/** A backlog on an account whose quota is small: how long it takes, and what is asked for in vain. */
import type { Quotas } from '../../../simulator/ecs/cloud.ts';
import { MINUTE_MS, open } from '../../cli/explain/fixture.ts';
import { START_MS, type World } from '../../world/in-process.ts';

export interface Backlog {
  readonly jobs: number;
  readonly labels: string;
  /** How long each runs. */
  readonly minutes: number;
  readonly runners: number;
  readonly quota: Partial<Quotas>;
  /** Plays so long only; absent: until all are done. */
  readonly untilMinute?: number;
}

export interface Figures {
  readonly doneMinute: number;
  /** The most machines that were alive at once. */
  readonly aliveMax: number;
  /** Minutes without a machine while a job waited, after the first one was alive. */
  readonly idleMinutes: number;
  readonly refused: number;
  readonly mints: number;
  readonly alerts: readonly string[];
  readonly world: World;
  minted(): number;
  /** Jobs that run now. */
  runs(): number;
}

const GIVEN_UP_MINUTE = 400;

export async function playBacklog(backlog: Backlog): Promise<Figures> {
  const { jobs, labels, minutes, quota, runners, untilMinute = GIVEN_UP_MINUTE } = backlog;
  const alerts: string[] = [];
  const counts = { refused: 0, mints: 0 };
  const world = await open({
    config: { limits: { runners } },
    ecs: { soldOut: 0, interruptions: 0 },
    post: async (text) => void alerts.push(text),
    watch: {
      log(event, fields) {
        if (event === 'launch.attempted' && fields.outcome === 'used-up') counts.refused++;
        if (event === 'launch.minted') counts.mints++;
      },
    },
  });
  world.ecs.setQuota(quota);
  const job = { name: 'build', labels: labels.split(' '), durationMs: minutes * MINUTE_MS };
  const queued = Array.from({ length: jobs }, () =>
    world.github.queueRun({ repository: 'acme/app', jobs: [job] }),
  ).flatMap((run) => world.github.jobsOf(run));
  const isOver = () => queued.every(({ status }) => status === 'completed');
  let [aliveMax, idleMinutes, hadAny] = [0, 0, false];
  for (let minute = 0; minute < untilMinute && !isOver(); minute++) {
    await world.until(isOver, MINUTE_MS);
    const alive = world.ecs.alive().length;
    aliveMax = Math.max(aliveMax, alive);
    hadAny ||= alive > 0;
    if (hadAny && alive === 0 && !isOver()) idleMinutes++;
  }
  const doneMinute = Math.round((world.clock.nowMs() - START_MS) / MINUTE_MS);
  if (process.env.FIGURES)
    process.stdout.write(
      `${JSON.stringify({ jobs, quota, doneMinute, aliveMax, idleMinutes, ...counts })}\n`,
    );
  return {
    ...{ doneMinute, aliveMax, idleMinutes, ...counts, alerts, world },
    minted: () => counts.mints,
    runs: () => queued.filter(({ status }) => status === 'in_progress').length,
  };
}
