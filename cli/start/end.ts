/** What `npm start` says at its end. */
import pc from 'picocolors';
import { type Row, renderTable } from './table.ts';

export interface End {
  readonly rows: readonly Row[];
  readonly left: readonly string[];
  readonly ok: boolean;
  /** Null: nothing was kept warm. */
  readonly warm: string | null;
}

interface How {
  readonly options: { readonly scale: number; readonly seed: number; readonly json: boolean };
  readonly isColoured: boolean;
  readonly say: (line: string) => void;
}

export function printEnd({ rows, left, ok, warm }: End, { options, isColoured, say }: How): void {
  const { scale, seed, json } = options;
  if (json) process.stdout.write(`${JSON.stringify({ scale, seed, jobs: rows, left, ok }, null, 2)}\n`);
  say(`\n${renderTable(rows, isColoured)}`);
  if (warm !== null) say(`${warm}\n`);
  say(
    'cost: instance and system disk, from creation to deletion, in CNY; not included: traffic, NAT gateway,',
  );
  say('      addresses, functions, tables, logs. saved: against the same time pay-as-you-go.');
  say(
    `wait: from queued to running, in simulated seconds; what the functions took on this machine counts ${scale}-fold.\n`,
  );
  const nothing =
    warm === null
      ? 'Nothing is left: no instance, no registration, no slot, no ledger entry.'
      : 'Nothing is left but the runners that wait.';
  if (left.length === 0) say(pc.green(nothing));
  else say(pc.red(`Still there:\n${left.map((line) => `  ${line}`).join('\n')}`));
}
