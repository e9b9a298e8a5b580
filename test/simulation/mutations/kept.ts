/** What is seen, kept and told. */
import { edit, type Mutation, one } from './edit.ts';

export const KEPT: readonly Mutation[] = [
  {
    name: 'the ledger is surveyed last',
    edits: [
      edit(
        'functions/reaper/survey/survey.ts',
        'const regions = await regionsToSurvey(world);',
        'const early = await world.ledger.runners.list(LEDGER_SCAN_MAX);\n  const regions = await regionsToSurvey(world);',
      ),
      edit(
        'functions/reaper/survey/survey.ts',
        'const runners = await world.ledger.runners.list(LEDGER_SCAN_MAX);',
        'const runners = early;',
      ),
    ],
  },
  one(
    'what a job ran on is kept',
    'functions/reaper/events/history.ts',
    'instanceType: candidate?.instanceType ?? null,',
    'instanceType: null,',
  ),
  one(
    'a person is told once',
    'shared/alert-once.ts',
    'if (held !== null && (held.entry.untilMs ?? 0) > clock.nowMs()) return;',
    '',
  ),
];
