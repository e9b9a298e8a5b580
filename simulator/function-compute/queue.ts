/** `Queue` in process: what the adapter does over the wire, without the wire. */
import { encodeEvent } from '../../shared/job/event.ts';
import type { WarmEvent } from '../../shared/ledger/warm-entry.ts';
import type { DueEvent, JobEvent } from '../../shared/nouns.ts';
import type { Queue } from '../../shared/ports.ts';
import type { FunctionCompute } from './function-compute.ts';

export function inProcessQueue(fc: FunctionCompute, names: { launcher: string; reaper: string }): Queue {
  const send = async (functionName: string, event: JobEvent | DueEvent | WarmEvent): Promise<void> => {
    const bytes = encodeEvent(event);
    if (bytes === null) throw new Error('the event is too large');
    const accepted = fc.invokeAsync(functionName, Buffer.from(bytes));
    if (accepted.kind === 'refused') throw new Error(`${accepted.status} ${accepted.code}`);
  };
  return { launch: (event) => send(names.launcher, event), reap: (event) => send(names.reaper, event) };
}
