/** What people do, and are told: names, machines that stay, jobs that GitHub lost, refusals. */
import { type Mutation, one } from './edit.ts';

export const PEOPLE: readonly Mutation[] = [
  one(
    'a new name is no security event',
    'functions/reaper/events/foreign-job.ts',
    'if (await reportRenamed(job, entry?.job ?? null, runner, world)) return;',
    'await reportRenamed(job, entry?.job ?? null, runner, world);',
  ),
  one(
    'another owner’s installation is not its first owner’s',
    'shared/adapters/github/calls.ts',
    'isElsewhere: isOther && target.repository !== null',
    'isElsewhere: isOther && target.repository === undefined',
  ),
  one(
    'what an event says of an installation is not believed of its owner',
    'shared/adapters/github/calls.ts',
    'if (hint !== null) hinted.set(owner, hint);',
    'if (hint !== null) told.set(owner, hint);',
  ),
  one(
    'what runs on a machine of ours outlives its repository',
    'functions/reaper/rounds/look.ts',
    'jobs.filter((each) => !isOnOurs(each.entry))',
    'jobs.filter(() => isOnOurs !== undefined)',
  ),
  one(
    'a machine that cannot be deleted holds up no job of its repository',
    'functions/reaper/rounds/recount.ts',
    'await ledger.capacity.writeOff(name);',
    'if (name === null) await ledger.capacity.writeOff(name);',
  ),
  one(
    'what cannot be deleted fills no more than a quarter of all slots beyond its bound',
    'functions/reaper/rounds/recount.ts',
    'WRITTEN_OFF_SHARE = 1 / 4',
    'WRITTEN_OFF_SHARE = 4',
  ),
  one(
    'one look does not prove that a check is absent',
    'functions/reaper/rounds/checks/locate.ts',
    'if (isProof) return null;',
    'if (isProof || lookedAtMs > 0) return null;',
  ),
  one(
    'what GitHub has given up is not launched for',
    'functions/reaper/rounds/lost.ts',
    'if (isGivenUp(job, null, runChangedAtMs, clock.nowMs())) {',
    'if (isGivenUp(job, null, runChangedAtMs, 0)) {',
  ),
  one(
    'what the webhook refuses is told',
    'functions/webhook/webhook.ts',
    "if (parsed.kind === 'event') await tellOfRefused(parsed.event, decision.because, world);",
    "if (parsed.kind !== 'event') await tellOfRefused(parsed, decision.because, world);",
  ),
  one(
    'a kept machine is not deleted',
    'functions/reaper/ending/terminate.ts',
    "if (isKept(entry, world.clock.nowMs())) return 'its machine is kept';",
    '',
  ),
  one(
    'a kept machine has an end',
    'shared/ledger/entry-parts.ts',
    'keep != null && keep.untilMs > nowMs;',
    'keep != null && keep.untilMs > nowMs * 0;',
  ),
  one(
    'links lead to where the organisation is',
    'functions/reaper/rounds/checks/tell-run.ts',
    "const base = config.github.baseUrl.replace(/\\/+$/, '');",
    "const base = config.github.baseUrl.replace(/^.*$/, 'https://github.com');",
  ),
];
