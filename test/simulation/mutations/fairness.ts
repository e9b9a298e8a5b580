/** Who gets the next slot, and what a runner without a job means. */
import { edit, type Mutation, one } from './edit.ts';

const ASIDE = edit(
  'functions/reaper/own-limits.ts',
  "return obstacle === null || obstacle === 'limit';",
  'return obstacle !== undefined;',
);
const TURNS = edit('functions/reaper/rounds/in-turns.ts', 'if (has < fewest)', 'if (best === null)');
const CAP = edit(
  'functions/reaper/brake/charge.ts',
  'if (wasted >= WASTED_MAX) return capped(next, because, terms);',
  '',
);
const PAUSE = edit(
  'functions/reaper/brake/charge.ts',
  'const pauseMs = isBraked ? 0 :',
  'const pauseMs = true ? 0 :',
);
const PROBE = edit(
  'functions/reaper/brake/streak.ts',
  'if (sinceMs === null) return () => true;',
  'if (sinceMs === null || nowMs > 0) return () => true;',
);

export const FAIRNESS: readonly Mutation[] = [
  { name: 'what found no offer stands aside', edits: [ASIDE] },
  { name: 'what found no offer stands aside, and turns go round', edits: [ASIDE, TURNS] },
  one(
    'slots are in use that the sweep itself has just handed back',
    'functions/reaper/rounds/due.ts',
    'tellOfLate(going, found, world)',
    'tellOfLate(going, { ...found, before: view }, world)',
  ),
  one(
    'those in line are not overtaken',
    'shared/adapters/tablestore/capacity/row.ts',
    'request.hasTurn ? stillStopped(stop) : NOBODY_WAITS,',
    'stillStopped(stop),',
  ),
  { name: 'the pause after a runner of no use', edits: [PAUSE] },
  { name: 'the pause after a runner of no use, the cap, and the probe', edits: [PAUSE, CAP, PROBE] },
  { name: 'the cap', edits: [CAP] },
  { name: 'the probe', edits: [PROBE] },
  one(
    'who goes on stays noted until all entries say so',
    'functions/reaper/brake/brake.ts',
    'const noted = forgotten.size > 0 ?',
    'const noted = forgotten.size > nowMs ?',
  ),
  one(
    'a check is looked for before one is made',
    'functions/reaper/rounds/checks/locate.ts',
    'if (entry.checkId !== null) return entry.checkId;',
    "if (entry.checkId !== null || entry.said === '') return entry.checkId;",
  ),
  {
    name: 'forks are refused by the launcher, and by the machine',
    edits: [
      edit(
        'shared/job/forks.ts',
        "if (config.repositories.forks === 'allow') return null;",
        'if (Date.UTC(1970) === 0) return null;',
      ),
      edit('functions/launcher/boot.ts', 'forks: config.repositories.forks,', "forks: 'allow',"),
    ],
  },
  one(
    'no security event for what may run here',
    'functions/reaper/events/foreign-job.ts',
    'else if (refused !== null) await tellOfRefused(',
    "else if (refused === null && job.id % 7 === 0) world.log('security.foreign_job', { job: job.id });\n  else if (refused !== null) await tellOfRefused(",
  ),
  one(
    'a runner without a job goes',
    'functions/reaper/repair/diagnose.ts',
    "if (waiting === null && !isWarm) return doubt(entry, 'no job waits that it covers');",
    "if (waiting === null && !isWarm && nowMs - entry.stateAtMs > 20 * 60_000) return doubt(entry, 'no job waits that it covers');",
  ),
];
