/** Runners that wait for jobs. */
import { type Mutation, one } from './edit.ts';

export const WARM: readonly Mutation[] = [
  one(
    'a job that took a waiting runner is not launched for',
    'functions/launcher/warm/take.ts',
    'return tellJob(job, runner.entry, world);',
    '{ await tellJob(job, runner.entry, world); return null; }',
  ),
  one(
    'a request for a waiting runner is good for one launch',
    'functions/launcher/warm/launch-warm.ts',
    'held.rev !== rev',
    'held.rev === "never"',
  ),
  one(
    'a runner that somebody asked for ends when its time is over',
    'functions/reaper/survey/warm.ts',
    'nowMs < waitsUntilMs;',
    'waitsUntilMs > 0;',
  ),
  one(
    'a stop is written before it is asked for',
    'functions/reaper/repair/standby/rest.ts',
    "await write(held, 'stopping', 'is prepared: its machine is stopped', world)",
    'held',
  ),
  one(
    'only what is prepared is stopped',
    'functions/reaper/repair/standby/rest.ts',
    "if (!PREPARED.test((await world.instances.consoleOutput(region, id)) ?? '')) return;",
    '',
  ),
  one(
    'what is kept stopped is pay-as-you-go',
    'functions/launcher/warm/launch-warm.ts',
    "...(isStandby ? { capacityType: 'on-demand' } : {})",
    "...(isStandby ? { capacityType: 'spot' } : {})",
  ),
  one(
    'a machine is started with the registration of that start',
    'functions/launcher/warm/start.ts',
    'const refused = await setUserData(region, instanceId, userData, world);',
    'const refused = userData === "" ? "" : null;',
  ),
  one(
    'a start counts with the launches of its minute, and as its repository’s',
    'functions/launcher/warm/taken.ts',
    'await ledger.capacity.mintAgain({ name, repository, hasTurn, ...limits }, clock.nowMs());',
    "await Promise.resolve({ ...limits, kind: 'taken', because: '', hasTurn, name });",
  ),
  one(
    'no start passes the brake',
    'functions/launcher/warm/taken.ts',
    '{ name, repository, hasTurn, ...limits }',
    '{ name, repository, hasTurn: hasTurn || Date.UTC(1970) === 0, ...limits }',
  ),
  one(
    'what was started a moment ago is not stopped, whatever its runner does',
    'functions/reaper/survey/observe.ts',
    "startedAtMs === undefined || state === 'retiring'",
    "startedAtMs === undefined || state === 'retiring' || state === 'idle' || state === 'busy'",
  ),
  one(
    'a pool has two machines more than it keeps, and no more',
    'functions/reaper/survey/warm.ts',
    'Math.min(isOneReplaced ? 1 : missing, room)',
    'Math.min(isOneReplaced ? 1 : missing, room + 1_000)',
  ),
  one(
    'what made room for a job is not made anew beside it',
    'functions/reaper/rounds/warm/refill.ts',
    'world.config.limits.runners - view.total - aside',
    'world.config.limits.runners - view.total + (aside < 0 ? aside : 0)',
  ),
  one(
    'a launch without a registration may have left an instance',
    'functions/reaper/repair/launching.ts',
    'runnerId === null && walks == null',
    'runnerId === null',
  ),
];
