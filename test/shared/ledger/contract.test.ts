import { ledgerContract } from './contract/contract.ts';
import { remote } from './remote.ts';
import { inProcess, overTheWire } from './transports.ts';

ledgerContract('the ledger on the simulator in process', async () => inProcess());
ledgerContract('the ledger on the simulator over the wire', overTheWire);
if (process.env.REMOTE === '1') ledgerContract('the ledger on Alibaba Cloud', remote);
