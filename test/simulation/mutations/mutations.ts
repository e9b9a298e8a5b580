/** Protections of the product, each with what takes it away: the simulation must notice. */
import { edit, type Mutation, one } from './edit.ts';
import { FAIRNESS } from './fairness.ts';
import { KEPT } from './kept.ts';
import { MONEY } from './money.ts';
import { PEOPLE } from './people.ts';
import { WARM } from './warm.ts';

const LEASE = edit(
  'functions/launcher/open.ts',
  "if (held === null) return event.kind === 'queued' ? hearAgain(event, world) : 'known';",
  "if (held === null) { const other = await world.ledger.jobs.read(event.job.id); return other === null ? 'known' : other; }",
);
const NAME = edit(
  'functions/launcher/announce.ts',
  "if (held === null) return { kind: 'known' };",
  "if (held === null) { const other = await ledger.runners.read(name); if (other === null) return { kind: 'known' }; return { kind: 'announced', held: other }; }",
);
const DUE = edit('functions/launcher/open.ts', 'held.rev !== rev', 'held.rev === "never"');
const BUSY_LEDGER = edit(
  'functions/reaper/repair/diagnose.ts',
  "return entry.state === 'busy'\n    ? diagnoseBusy",
  "return entry.state === 'busy' && false\n    ? diagnoseBusy",
);
const CONFIRM = edit(
  'functions/reaper/repair/confirm.ts',
  "const named = await evidence.jobNaming(entry);\n  if (named === 'unknown') return;\n  if (named === null) return retire",
  'const named = null as Awaited<ReturnType<Evidence["jobNaming"]>>;\n  if (named === \'unknown\') return;\n  if (named === null) return retire',
);
const ABSENCE = edit(
  'functions/reaper/repair/launching.ts',
  'if (entry.absentLooks + 1 < ABSENT_LOOKS_MIN)',
  'if (false)',
);
const VISIBLE = edit(
  'functions/reaper/repair/launching.ts',
  'if (coverage.surveyAtMs < sinceMs + INSTANCE_VISIBLE_MS)',
  'if (false)',
);

const DEREGISTER = edit(
  'functions/reaper/repair/launching.ts',
  'if (entry.removedAtMs !== null) return closing(',
  'if (entry.removedAtMs !== 0) return closing(',
);
const STRAY = edit(
  'functions/reaper/repair/diagnose.ts',
  "return verdict('deregister', 'it is registered, and there is neither entry nor instance');",
  "return verdict('keep', 'it is registered, and there is neither entry nor instance');",
);

const POINTER = edit(
  'functions/reaper/events/repoint.ts',
  'if (robbed === null || robbed === taker.id) return;',
  'if (robbed !== null || robbed === null) return;',
);
const MATCHING = edit(
  'functions/reaper/survey/match.ts',
  'return { wanted, usable: free, moves, uncovered: left };',
  'return { wanted, usable: free, moves: [], uncovered: [] };',
);

const UNWANTED = edit('functions/reaper/events/record-end.ts', 'isUnwanted: true', 'isUnwanted: false');
const IDLE = edit(
  'functions/reaper/repair/diagnose.ts',
  "if (waiting === null && !isWarm) return doubt(entry, 'no job waits that it covers');",
  "if (waiting === null && !isWarm) return verdict('keep', 'no job waits that it covers');",
);

/** What userdata/ ends by itself, as the simulated machine has it: a boot that hangs, and a runner without a job. */
const OWN_STOPS = [
  edit('simulator/timed-driver.ts', '() => bare.stop()', '() => undefined'),
  edit('simulator/told-by-user-data.ts', 'if (!session.isIdle()) return;', 'if (session !== null) return;'),
];

export const MUTATIONS: readonly Mutation[] = [
  { name: 'the lease of a job', edits: [LEASE] },
  { name: 'the lease of a job, and one entry a name', edits: [LEASE, NAME] },
  { name: 'a due job is good for one lease', edits: [DUE] },
  one(
    'the lease of a launch, against the sweep',
    'functions/reaper/repair/launching.ts',
    'if (entry.leaseUntilMs >= coverage.surveyAtMs) return',
    'if (entry.leaseUntilMs === -1) return',
  ),
  one(
    'the client token',
    'shared/adapters/ecs/run.ts',
    "await call(region, 'RunInstances', params)",
    "await call(region, 'RunInstances', { ...params, ClientToken: `fresh-` + ((globalThis as any).fresh = ((globalThis as any).fresh ?? 0) + 1) })",
  ),
  one(
    'byte-for-byte resend',
    'shared/adapters/ecs/run.ts',
    "await call(region, 'RunInstances', params)",
    "await call(region, 'RunInstances', { ...params, HostName: `try-` + ((globalThis as any).fresh = ((globalThis as any).fresh ?? 0) + 1) })",
  ),
  one(
    'only a definite refusal moves on',
    'functions/launcher/walk.ts',
    "if (outcome.kind === 'unknown')\n    return leaveToSweep",
    "if (outcome.kind === 'unknown') return null;\n  if ((outcome.kind as string) === 'never')\n    return leaveToSweep",
  ),
  { name: 'two complete look-ups', edits: [ABSENCE] },
  { name: 'time for a late instance to be seen', edits: [VISIBLE] },
  { name: 'two complete look-ups, and time for a late instance', edits: [ABSENCE, VISIBLE] },
  { name: 'deregister before the wait', edits: [DEREGISTER] },
  { name: 'deregister before the wait, and the end of stray registrations', edits: [DEREGISTER, STRAY] },
  { name: 'the pointer moves', edits: [POINTER] },
  { name: 'the pointer moves, and the sweep’s matching', edits: [POINTER, MATCHING] },
  { name: 'the busy rule’s ledger half', edits: [BUSY_LEDGER] },
  { name: 'a last look for a job that names it', edits: [CONFIRM] },
  { name: 'the busy rule’s ledger half, and the last look', edits: [BUSY_LEDGER, CONFIRM] },
  {
    name: 'an incomplete list proves nothing',
    edits: [
      edit(
        'functions/reaper/survey/look.ts',
        'return { listing: { things: [], complete: false },',
        'return { listing: { things: [], complete: true },',
      ),
    ],
  },
  one(
    'a look-up by id before a machine is gone',
    'functions/reaper/survey/survey.ts',
    'return found.complete ? ids.filter((id) => !existing.has(id)) : [];',
    'return ids;',
  ),
  one(
    'a tag alone makes no machine ours',
    'functions/reaper/own-instance.ts',
    'if (instance.name !== name) return',
    'if (instance.name !== name) return null;\n  if (instance.name === "never") return',
  ),
  one(
    'a machine stopped for good is deleted whatever GitHub says, at once',
    'functions/reaper/survey/machine-status.ts',
    'return isNow ? Math.min(before + 1, STOPPED_LOOKS_MIN) : 0;',
    'return instances.length > 0 ? STOPPED_LOOKS_MIN : 0;',
  ),
  one(
    'the release time',
    'shared/adapters/ecs/request.ts',
    'AutoReleaseTime: releaseTime(request.releaseAtMs, nowMs),',
    '',
  ),
  one(
    'the capacity condition',
    'shared/adapters/tablestore/capacity/row.ts',
    '...[...bounds, ...money].map(under),',
    '',
  ),
  one(
    'put, then read history',
    'functions/launcher/open.ts',
    'const isOver = ahead(hasEnded(event.job, world.ledger));',
    'const isOver = ahead(Promise.resolve(Date.UTC(1970) !== 0));',
  ),
  { name: 'unwanted', edits: [UNWANTED] },
  { name: 'unwanted, the end of idle runners, and the machine’s own', edits: [UNWANTED, IDLE, ...OWN_STOPS] },
  one(
    'the slot is kept until the cloud says gone',
    'functions/reaper/events/record-end.ts',
    'if (retired !== null) await terminate(retired.entry, world, machines);',
    'if (retired !== null) { await terminate(retired.entry, world, machines); await world.ledger.capacity.handBack(name); }',
  ),
  ...FAIRNESS,
  ...KEPT,
  ...MONEY,
  ...PEOPLE,
  ...WARM,
  {
    name: 'one runner’s own question, and that no answer proves nothing',
    edits: [
      edit('functions/reaper/survey/single.ts', 'hasFailed = true;', 'answered.add(entry.name);'),
      edit(
        'functions/reaper/survey/single.ts',
        'if (registration !== null) found.push({ ...registration, target });',
        '',
      ),
    ],
  },
  one(
    'the look for jobs that nobody told us of',
    'functions/reaper/rounds/take-record.ts',
    'switch (record.status) {',
    'switch (null as unknown as JobRecord["status"]) {',
  ),
  one(
    'held jobs are launched for again',
    'functions/reaper/events/releasable.ts',
    'const [count, because] = howMany(group, coming, nowMs);',
    "const [count, because] = [howMany(group, coming, nowMs)[0] * 0, ''];",
  ),
];
