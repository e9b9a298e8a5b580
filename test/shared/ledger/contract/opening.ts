/** How a contract comes by its ledger. */
import type { Ledger } from '../../../../shared/ledger/ledger.ts';

export interface OpenLedger {
  /** Empty. */
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export type Open = () => Promise<OpenLedger>;

/** Opens for one test, and closes whatever becomes of it. */
export function on(open: Open, test: (ledger: Ledger) => Promise<void>): () => Promise<void> {
  return async () => {
    const { ledger, close } = await open();
    try {
      await test(ledger);
    } finally {
      await close();
    }
  };
}
