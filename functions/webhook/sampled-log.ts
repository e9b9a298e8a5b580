/** Lines that strangers can cause: one in a while, with how many it stands for. */
import { SAMPLED_LINE_MS } from '../../shared/limits.ts';
import type { Clock, Log } from '../../shared/ports.ts';

export type SampledLog = Log;

/** Of each event's lines the first is written at once, and then no more than one each minute; `count` tells of the rest. */
export function sampledLog(log: Log, { nowMs }: Clock): SampledLog {
  const lines = new Map<string, { atMs: number; unsaid: number }>();
  return (event, fields) => {
    const last = lines.get(event);
    if (last !== undefined && nowMs() - last.atMs < SAMPLED_LINE_MS) {
      last.unsaid++;
      return;
    }
    log(event, { ...fields, count: 1 + (last?.unsaid ?? 0) });
    lines.set(event, { atMs: nowMs(), unsaid: 0 });
  };
}
