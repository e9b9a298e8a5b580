/** What the operator bounds by money. */
import { type Mutation, one } from './edit.ts';

export const MONEY: readonly Mutation[] = [
  one(
    'what lives costs no more an hour than the bound',
    'shared/adapters/tablestore/capacity/money.ts',
    'max: perHour ?? none }',
    'max: none + 0 * (perHour ?? 0) }',
  ),
  one(
    'a day’s machines cost no more than the bound',
    'shared/adapters/tablestore/capacity/money.ts',
    'max: perDay ?? none }',
    'max: none + 0 * (perDay ?? 0) }',
  ),
  one(
    'the hour’s money is reserved',
    'functions/reaper/money-room.ts',
    'beside = hourMax - perHour - spentPerHour({ slots: since });',
    'beside = infinite + spentPerHour({ slots: since });',
  ),
  one(
    'beside what is reserved others go on',
    'functions/reaper/money-room.ts',
    'beside = hourMax - perHour - spentPerHour({ slots: since });',
    'beside = 0 * spentPerHour({ slots: since });',
  ),
  one(
    'a person is told that jobs wait for money',
    'functions/reaper/rounds/money/spend.ts',
    'if (share >= TOLD_SHARE || waiting > 0) await',
    'if (share >= 100 * TOLD_SHARE && waiting > 0) await',
  ),
];
