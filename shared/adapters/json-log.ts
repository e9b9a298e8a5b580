import type { Log } from '../ports.ts';

/** One JSON object a line, on standard output, where Function Compute collects it. */
export function jsonLog(out: { write(line: string): unknown }, nowMs: () => number): Log {
  return (event, fields) => {
    out.write(`${JSON.stringify({ at: new Date(nowMs()).toISOString(), event, ...fields })}\n`);
  };
}
