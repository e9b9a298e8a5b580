/** The page Health: doctor's lines, and the alerts that stand. */

import { lastSweepMs } from '../../../functions/reaper/sweep-lease.ts';
import { type StandingAlert, standingAlerts } from '../../../shared/alert-once.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import type { Finding } from '../../doctor/finding.ts';
import { toIsoOrNull } from '../../shared/format.ts';
import { html } from '../../shared/screen/html.ts';
import { type Say, type Section, section, translated } from '../say.ts';
import type { Ask, DashboardWorld, View } from '../world.ts';
import { alertsOf } from './parts.ts';

export interface HealthState {
  readonly atMs: number;
  readonly sweptAtMs: number | null;
  readonly alerts: readonly StandingAlert[];
  /** Null: there is no account to look at. */
  readonly findings: readonly Finding[] | null;
}

export const HEALTH: View<HealthState> = {
  // Doctor asks the whole account: only when somebody wants it.
  everyMs: () => null,
  read: readHealth,
  json: ({ atMs, sweptAtMs, alerts, findings }) => ({
    ...{ at: toIsoOrNull(atMs), lastSweepAt: toIsoOrNull(sweptAtMs), findings },
    alerts: alerts.map(({ raisedAtMs, ...alert }) => ({ ...alert, raisedAt: toIsoOrNull(raisedAtMs) })),
  }),
  sections: healthSections,
};

async function readHealth(_: Ask, { operator, doctor }: DashboardWorld): Promise<HealthState> {
  const [sweptAtMs, alerts, findings] = await Promise.all([
    lastSweepMs(operator.ledger),
    standingAlerts(operator),
    doctor === null ? null : doctor(),
  ]);
  return { atMs: operator.clock.nowMs(), sweptAtMs, alerts, findings };
}

function healthSections(state: HealthState, _: Ask, say: Say): Section[] {
  const { words } = say;
  const { alerts, findings, atMs, sweptAtMs } = state;
  const swept = sweptAtMs === null ? words.never : words.ago(say.duration(atMs - sweptAtMs));
  const { say: inDoctors, nameOf } = operatingWords(say.language === 'zh' ? 'zh-CN' : 'en');
  const lines = findings?.map(
    ({ check, level, text, advice }) =>
      html`<li class="finding ${level}"><strong class="state">${words.levels[level]}</strong> <span class="name">${nameOf(check)}</span> ${translated(text, say, inDoctors)}${advice === null ? null : html`<br>→ ${translated(advice, say, inDoctors)}`}</li>`,
  );
  return [
    section(
      'alerts',
      words.alerts,
      alerts.length === 0 ? html`<p class="empty">${words.noAlert}</p>` : alertsOf(state, say),
    ),
    section(
      'doctor',
      words.doctor,
      html`${lines === undefined ? html`<p class="empty">${words.simulated}</p>` : html`<ul class="findings">${lines}</ul>`}<p class="hint">${words.shownFrom} ${say.time(atMs)}; ${words.sweep}: ${swept}</p><p><a class="action" href="${say.link('health', { again: '1' })}">${words.again}</a></p>`,
    ),
  ];
}
