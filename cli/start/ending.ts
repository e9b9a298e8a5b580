/** What `npm start` says at its end. */
import pc from 'picocolors';
import type { SimJob } from '../../simulator/github/index.ts';
import { wrapped } from '../shared/screen/cut.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Row, renderRows } from './table.ts';

const NOTE_WIDTH = 100;

export interface End {
  readonly rows: readonly Row[];
  readonly left: readonly string[];
  /** Null: nothing was kept warm. */
  readonly warm: string | null;
}

/** For people: the table, what its figures are, and whether something is left. */
export function endOf({ rows, left, warm }: End, screen: Screen): string {
  const paint = pc.createColors(screen.isColoured);
  const width = Math.min(NOTE_WIDTH, screen.width ?? NOTE_WIDTH);
  const swapped = rows.some(({ isOnOthers }) => isOnOthers) ? [SWAPPED] : [];
  const notes = [...swapped, ...NOTES].flatMap((note) => wrapped(note, width));
  const end =
    left.length === 0
      ? paint.green(warm === null ? NOTHING : NOTHING_BUT_POOLS)
      : paint.red(`Still there:\n${left.map((line) => `  ${line}`).join('\n')}`);
  const pool = warm === null ? [] : [...wrapped(warm, width), ''];
  return ['', renderRows(rows, screen), '', ...pool, ...notes.map(paint.dim), '', end].join('\n');
}

const NOTHING = 'Nothing is left: no instance, no registration, no slot, no ledger entry.';
const NOTHING_BUT_POOLS = 'Nothing is left but the runners that wait.';

const SWAPPED =
  '*: GitHub gave it the runner of another job. It gives a job to any idle runner that has all its labels, and maybe more.';

const NOTES = [
  'wait: from queued to running. The boot of a stock image is most of it, as the simulated cloud has it; launching counts as it took here.',
  'cost: instance and system disk, from creation to deletion; not in it: traffic, NAT gateway, addresses, functions, tables, logs.',
  'saved: against pay-as-you-go of the same machine for the same time. The market is simulated: prices are examples.',
];

/** Said where Ctrl-C came before the end. */
export function interruptedBy(jobs: readonly SimJob[]): string {
  const open = jobs.filter(({ status }) => status !== 'completed').length;
  const what = jobs.length === 0 ? 'Interrupted before the first job' : `Interrupted with ${open} jobs open`;
  return `\n${what}. The simulated world is gone with this process; nothing was real.`;
}

/** What to try in the world that stays. */
export const whatToTry = (job: number, commits: string): string => `
This world stays until Ctrl-C. From another terminal:
  one more job   npm run job -- --labels self-hosted,aliyun,arm64
  what is alive  npm run list -- --watch
  a job's story  npm run explain -- ${job}
What authors are told on their commits: ${commits}`;
