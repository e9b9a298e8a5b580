/** Runners that wait for jobs. */
import { type Mutation, one } from './edit.ts';

export const WARM: readonly Mutation[] = [
  one(
    'a job that took a waiting runner is not launched for',
    'functions/launcher/warm/take.ts',
    'return settle(job, runner, world);',
    '{ await settle(job, runner, world); return null; }',
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
];
