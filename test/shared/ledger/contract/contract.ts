/** What any ledger must do. The simulator's two transports always run this; the real service when REMOTE=1. */
import { describe } from 'vitest';
import { capacityContract } from './capacity.ts';
import { entriesContract } from './entries.ts';
import { mintsContract } from './mints.ts';
import { moneyContract } from './money.ts';
import type { Open } from './opening.ts';
import { recordsContract } from './records.ts';
import { stopsContract } from './stops.ts';
import { turnsContract } from './turns.ts';

export function ledgerContract(name: string, open: Open): void {
  describe(`${name} keeps the ledger contract`, () => {
    entriesContract(open);
    capacityContract(open);
    mintsContract(open);
    turnsContract(open);
    stopsContract(open);
    moneyContract(open);
    recordsContract(open);
  });
}
