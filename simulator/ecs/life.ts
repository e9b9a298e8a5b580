/** An instance's life: Pending, Starting, Running, then taken back, stopped, released or deleted. */

import { billOf } from './bill.ts';
import { type Cloud, drawn } from './cloud.ts';
import { isResting, isSpot, type Machine, type Order, type Status, statusNow } from './machine.ts';
import { spread } from './region/catalogue.ts';
import { PRICE_STEP_MS } from './region/market.ts';

const HOUR_MS = 3_600_000;
/** SDK model RunInstancesRequest, spotDuration: released five minutes after the notice. */
const NOTICE_MS = 5 * 60_000;
const RELEASE_LATE_MAX_MS = 60_000;
/** SDK model GetInstanceConsoleOutput states no size; the serial buffer of a machine is small. */
const CONSOLE_MAX_CHARS = 64 * 1024;

export function begin(cloud: Cloud, order: Order): Machine {
  const { clock, delays, random } = cloud;
  const number = ++cloud.made;
  const machine: Machine = {
    ...order,
    id: `i-${idOf(number, clock.nowMs())}`,
    number,
    createdAtMs: clock.nowMs(),
    history: [{ atMs: clock.nowMs(), status: 'Pending' }],
    lag: { listMs: drawn(cloud, delays.listLagMs), findMs: drawn(cloud, delays.findLagMs) },
    recyclingAtMs: null,
    cancelRelease: () => undefined,
    console: '',
    pending: new Set(),
    booted: null,
    sessions: new Set(),
    rests: [],
  };
  cloud.machines.set(machine.id, machine);
  occupy(cloud, machine, 1);
  releaseAt(cloud, machine, order.releaseAtMs);
  if (isSpot(order)) {
    const protectedMs = order.protectedHours * HOUR_MS;
    later(cloud, machine, protectedMs + toReviewMs(cloud, clock.nowMs() + protectedMs), () =>
      review(cloud, machine),
    );
  }
  if (!random.chance(cloud.stuckPending)) {
    later(cloud, machine, drawn(cloud, delays.pendingMs), () => start(cloud, machine));
  }
  return machine;
}

/** Null: not by itself. What was set before holds no more. */
export function releaseAt(cloud: Cloud, machine: Machine, atMs: number | null): void {
  machine.cancelRelease();
  machine.releaseAtMs = atMs;
  if (atMs === null) return;
  const lateMs = cloud.random.whole(0, RELEASE_LATE_MAX_MS);
  machine.cancelRelease = later(cloud, machine, atMs - cloud.clock.nowMs() + lateMs, () =>
    end(cloud, machine),
  );
}

/** From Pending, or from Stopped. */
export function start(cloud: Cloud, machine: Machine): void {
  wake(cloud, machine);
  become(cloud, machine, 'Starting');
  later(cloud, machine, drawn(cloud, cloud.delays.startingMs), () => {
    become(cloud, machine, 'Running');
    machine.booted = cloud.boot.boot(inside(cloud, machine));
  });
}

function inside(cloud: Cloud, machine: Machine) {
  const { id, region, zone, type, userData } = machine;
  const { clock, market } = cloud;
  return {
    id,
    region,
    zone,
    instanceType: type.id,
    cpu: type.cpu,
    memoryGiB: type.memoryGiB,
    arch: type.arch,
    userData,
    spotPrice: isSpot(machine) ? market.spotPrice(zone, type, clock.nowMs()) : null,
    clock,
    console(line: string) {
      machine.console = `${machine.console}${line}\r\n`.slice(-CONSOLE_MAX_CHARS);
    },
    stop: () => stop(cloud, machine),
    terminationAtMs: () => (machine.recyclingAtMs === null ? null : machine.recyclingAtMs + NOTICE_MS),
  };
}

const toReviewMs = ({ isReviewedByClock }: Cloud, fromMs: number): number =>
  isReviewedByClock ? PRICE_STEP_MS - (fromMs % PRICE_STEP_MS) : PRICE_STEP_MS;

/** Every five minutes after its protection the market looks again. @see SDK model RunInstancesRequest, spotDuration */
function review(cloud: Cloud, machine: Machine): void {
  if (machine.recyclingAtMs !== null) return;
  const { zone, type } = machine;
  const price = cloud.market.spotPrice(zone, type, cloud.clock.nowMs());
  const limit = machine.priceLimit ?? type.onDemandPrice;
  const perReview = (cloud.market.interruptionRate(zone, type) / 100 / 12) * cloud.interruptions;
  if (price > limit || cloud.random.chance(perReview)) interrupt(cloud, machine);
  else later(cloud, machine, PRICE_STEP_MS, () => review(cloud, machine));
}

/** The five minutes' notice. */
export function interrupt(cloud: Cloud, machine: Machine): void {
  if (statusNow(machine) === null || machine.recyclingAtMs !== null) return;
  machine.recyclingAtMs = cloud.clock.nowMs();
  later(cloud, machine, NOTICE_MS, () => end(cloud, machine));
  machine.booted?.notice?.();
}

/**
 * Stopped is not gone: it keeps its disk, its address and its place on the bill. In economical mode its cores go back to
 * the zone; who cannot have that is stopped all the same (SDK model StopInstanceRequest, stoppedMode).
 */
export function stop(cloud: Cloud, machine: Machine, isEconomical = false): void {
  if (statusNow(machine) !== 'Running') return;
  endBoot(machine, 'by its button');
  become(cloud, machine, 'Stopping');
  later(cloud, machine, drawn(cloud, cloud.delays.stoppingMs), () => {
    become(cloud, machine, 'Stopped');
    if (!isEconomical || isSpot(machine) || !cloud.ways.economicalMode(machine.type.id)) return;
    machine.rests.push({ fromMs: cloud.clock.nowMs(), untilMs: null });
    cloud.market.giveBack(machine.zone, machine.type);
  });
}

function wake(cloud: Cloud, machine: Machine): void {
  const rest = machine.rests.at(-1);
  if (rest === undefined || !isResting(machine)) return;
  rest.untilMs = cloud.clock.nowMs();
  cloud.market.take(machine.zone, machine.type);
}

/** Asked for by DeleteInstance(s): Stopping, then gone. */
export function remove(cloud: Cloud, machine: Machine): void {
  endBoot(machine);
  become(cloud, machine, 'Stopping');
  cancelAll(machine);
  later(cloud, machine, drawn(cloud, cloud.delays.deletingMs), () => end(cloud, machine));
}

/** Gone at once; lists show it for as long as they lag. */
export function end(cloud: Cloud, machine: Machine): void {
  if (statusNow(machine) === null) return;
  endBoot(machine);
  cancelAll(machine);
  machine.history.push({ atMs: cloud.clock.nowMs(), status: null });
  wake(cloud, machine);
  occupy(cloud, machine, -1);
  cloud.bills.push(billOf(cloud, machine));
  cloud.clock.after(machine.lag.listMs + machine.lag.findMs + 1, () => cloud.machines.delete(machine.id));
}

function become(cloud: Cloud, machine: Machine, status: Status): void {
  machine.history.push({ atMs: cloud.clock.nowMs(), status });
}

function later(cloud: Cloud, machine: Machine, ms: number, act: () => void): () => void {
  const cancel = cloud.clock.after(ms, () => {
    machine.pending.delete(cancel);
    act();
  });
  machine.pending.add(cancel);
  return () => {
    machine.pending.delete(cancel);
    cancel();
  };
}

function cancelAll(machine: Machine): void {
  for (const cancel of machine.pending) cancel();
  machine.pending.clear();
}

function endBoot(machine: Machine, how: 'at once' | 'by its button' = 'at once'): void {
  const { booted } = machine;
  machine.booted = null;
  if (how === 'by its button' && booted?.powerOff !== undefined) booted.powerOff();
  else booted?.end();
  for (const gone of [...machine.sessions]) gone();
}

function occupy(cloud: Cloud, machine: Machine, by: 1 | -1): void {
  if (by === 1) cloud.market.take(machine.zone, machine.type);
  else cloud.market.giveBack(machine.zone, machine.type);
  const vSwitch = cloud.regions.get(machine.region)?.network.vSwitches.get(machine.vSwitch);
  if (vSwitch !== undefined) vSwitch.freeIps -= by;
}

/** As real ids look: 20 characters of digits and small letters. */
function idOf(number: number, atMs: number): string {
  const tail = spread(`${number}/${atMs}`).toString(36).padStart(7, '0');
  return `sim${number.toString(36).padStart(10, '0')}${tail}`;
}
