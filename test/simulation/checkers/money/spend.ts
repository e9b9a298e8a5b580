/** Money: what lives and what is launched on a day stays within the operator's bounds, by what ECS would bill at most. */
import { diskPrice } from '../../../../simulator/ecs/bill.ts';
import type { Machine } from '../../../../simulator/ecs/machine.ts';
import type { Simulation } from '../../plan/simulation.ts';
import { atEachBirth, ours, type Report, type Slot, slotsIn, TAGS } from '../truth.ts';

const MILLION = 1_000_000;
/** Of each machine: whole millionths. */
const ROUNDING = 0.001;
/** A market moves after the launch, and a machine outruns what was kept for it until the next sweep. */
const DAY_SLACK = 1.05;
const DAY_LOOSE = 0.5;

export function watchSpend(sim: Simulation, report: Report): void {
  const { spendPerHour, spendPerDay } = sim.plan.wide;
  if (spendPerHour !== null || spendPerDay !== null) atEachBirth(sim, () => checkBounds(sim, report));
}

function checkBounds(sim: Simulation, report: Report): void {
  const { spendPerHour, spendPerDay } = sim.plan.wide;
  const alive = ours(sim);
  const perHour = alive.reduce((sum, machine) => sum + atMostPerHour(machine), 0);
  if (spendPerHour !== null && perHour > spendPerHour + alive.length * ROUNDING)
    report(
      'what lives costs no more an hour than the bound',
      `${perHour.toFixed(3)} of ${spendPerHour} by ${alive.length} machines`,
    );
  // The operator lifts it when all is healed.
  const isLifted = sim.world.state.config.limits.spendPerDay === null;
  const today = spendPerDay === null || isLifted ? 0 : keptForToday(sim);
  if (spendPerDay !== null && today > spendPerDay * DAY_SLACK + DAY_LOOSE)
    report('a day’s machines cost no more than the bound', `${today.toFixed(3)} of ${spendPerDay}`);
}

/** Also of one that stands stopped: it may be started at any moment. */
function atMostPerHour({ strategy, priceLimit, type, disk }: Machine): number {
  const limit = strategy === 'NoSpot' ? null : priceLimit;
  return (limit ?? type.onDemandPrice) + disk.sizeGiB * diskPrice(disk, 'CNY');
}

/** What ended cost what it was billed for; for what may still cost, its slot keeps what it is expected to cost. */
function keptForToday(sim: Simulation): number {
  const nowMs = sim.world.clock.nowMs();
  const dayMs = nowMs - (nowMs % 86_400_000);
  const slots = slotsIn(sim);
  const column = `d_${new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const kept = slots.filter(({ money }) => money?.day === column);
  const held = new Set(slots.map(({ name }) => name));
  const ended = sim.world.ecs
    .paid()
    .filter(({ tags, startedAtMs, endedAtMs }) => {
      const isOurs = tags[TAGS.deployment] === 'ci' && !held.has(tags[TAGS.name] ?? '');
      return isOurs && endedAtMs !== null && startedAtMs >= dayMs;
    })
    .reduce((sum, { instanceCost, diskCost }) => sum + instanceCost + diskCost, 0);
  return ended + kept.reduce((sum, { cost }) => sum + (cost?.forDay ?? 0) / MILLION, 0);
}

/** Of slots: what their launches may come to. */
export const askedOf = (slots: readonly Slot[]): number =>
  slots.reduce((sum, { cost }) => sum + (cost?.perHour ?? 0) / MILLION, 0);
