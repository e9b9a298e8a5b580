/** What any ledger must do. The simulator's two faces always run this; the real service when REMOTE=1. */
import { describe } from 'vitest';
import { capacityContract } from './ledger-capacity.ts';
import { entriesContract } from './ledger-entries.ts';
import { recordsContract } from './ledger-records.ts';
import type { Open } from './opening.ts';

export function ledgerContract(name: string, open: Open): void {
  describe(`${name} keeps the ledger contract`, () => {
    entriesContract(open);
    capacityContract(open);
    recordsContract(open);
  });
}
