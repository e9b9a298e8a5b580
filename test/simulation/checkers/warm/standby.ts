/** Runners that are kept stopped: what is asked for of their machines was written before, and is as it has to be. */
import type { Machine } from '../../../../simulator/ecs/index.ts';
import type { Params } from '../../../../simulator/ecs/parameters.ts';
import { isMadeReady, jitConfigOf } from '../../../../simulator/told-by-user-data.ts';
import type { Simulation } from '../../plan/simulation.ts';
import { type Report, type RunnerRow, rowsOf, TAGS } from '../truth.ts';

/** Clocks of two functions may differ by so much. */
const SKEW_MAX_MS = 10_000;

interface StandbyRow extends RunnerRow {
  readonly standby?: string | null;
}

/** Before the call is made. */
export function checkStandby(sim: Simulation, action: string, params: Params, report: Report): void {
  if (action === 'RunInstances') checkMadeReady(params, report);
  const machine = sim.world.ecs.alive().find(({ id }) => id === params.InstanceId);
  if (machine === undefined) return;
  const rows = rowsOf<StandbyRow>(sim, 'runner');
  const row = rows.find(({ name }) => name === machine.tags.get(TAGS.name));
  if (action === 'StopInstance') checkStop(machine, row, params, report);
  if (action === 'StartInstance') checkStart(machine, row, report);
  if (action === 'StartInstance' && row !== undefined) checkOthers(rows, row, sim, report);
}

/** What is made to be stopped has no registration, and is no spot instance: that goes on billing. */
function checkMadeReady(params: Params, report: Report): void {
  const userData = Buffer.from(params.UserData ?? '', 'base64').toString('utf8');
  if (isMadeReady(userData) && params.SpotStrategy !== 'NoSpot')
    report('what is kept stopped is pay-as-you-go', params.InstanceName ?? '');
}

function checkStop(machine: Machine, row: StandbyRow | undefined, params: Params, report: Report): void {
  if (row?.standby !== 'stopping') report('the intention is written before a stop', shown(machine, row));
  if (!machine.console.includes('machine.prepared'))
    report('only what is prepared is stopped', shown(machine, row));
  if (params.StoppedMode !== 'StopCharging') report('a stop is in economical mode', shown(machine, row));
}

function checkStart(machine: Machine, row: StandbyRow | undefined, report: Report): void {
  const isWritten = row?.standby === 'starting' && row.for !== null;
  if (!isWritten) report('the intention is written before a start', shown(machine, row));
  if (isMadeReady(machine.userData) || jitConfigOf(machine.userData) === '')
    report('what is started has a registration to run', shown(machine, row));
}

function checkOthers(rows: readonly StandbyRow[], row: StandbyRow, sim: Simulation, report: Report): void {
  const nowMs = sim.world.clock.nowMs();
  const isSameLaunch = (each: StandbyRow) =>
    each !== row && each.for === row.for && each.state === 'launching' && !each.isUnwanted;
  const others = rows.filter((each) => isSameLaunch(each) && each.leaseUntilMs > nowMs + SKEW_MAX_MS);
  if (others.length > 0)
    report('at most one launch is in progress for a job', `${row.name}, ${others[0]?.name}`);
}

const shown = ({ id }: Machine, row: StandbyRow | undefined): string =>
  `${id} (${row?.name} is ${row?.state} ${row?.standby ?? ''})`;
