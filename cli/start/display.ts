/** Each job's way, live: bars on a terminal, one line a change in a pipe. */
import { Listr } from 'listr2';
import pc from 'picocolors';
import type { Screen } from '../shared/screen/screen.ts';
import { type JobProgress, STATES } from './watch.ts';

export interface Display {
  update(seen: readonly JobProgress[], secondsPassed: number): void;
  end(): Promise<void>;
}

const WIDTH_MIN = 20;

/** listr2 goes by the terminal's own columns: one that does not say how wide it is would get a letter a line. */
export const canDraw = ({ width, isAscii }: Screen, columns: number | undefined): boolean =>
  width !== null && !isAscii && columns !== undefined && columns >= WIDTH_MIN;

const barOf = ({ state }: JobProgress): string => {
  const at = STATES.indexOf(state);
  return STATES.map((_, step) => (step <= at ? '■' : '□')).join('');
};

const titleOf = (seen: JobProgress): string =>
  `${seen.job.plan.name.padEnd(10)} ${pc.cyan(barOf(seen))} ${seen.state.padEnd(9)} ${pc.dim(seen.detail)}`;

/** Resolves by itself when all are deleted; `end` gives up earlier. */
export function terminalDisplay(first: readonly JobProgress[]): Display {
  const rows = first.map((seen) => {
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { seen, done, finish, write: (_title: string): void => undefined };
  });
  const listr = new Listr(
    rows.map((row) => ({
      title: titleOf(row.seen),
      task: (_context: unknown, task: { title: string | undefined }) => {
        row.write = (title) => {
          task.title = title;
        };
        return row.done;
      },
    })),
    // Ctrl-C is ours: it ends with its own words, and the world is closed.
    { concurrent: true, registerSignalListeners: false, rendererOptions: { collapseSubtasks: false } },
  );
  const shown = listr.run();
  return {
    update(seen) {
      for (const [at, each] of seen.entries()) {
        rows[at]?.write(titleOf(each));
        if (each.state === 'deleted') rows[at]?.finish();
      }
    },
    async end() {
      for (const row of rows) row.finish();
      await shown;
    },
  };
}

export function plainDisplay(write: (line: string) => void): Display {
  const last = new Map<number, string>();
  return {
    update(seen, secondsPassed) {
      for (const { job, state, detail } of seen) {
        if (last.get(job.id) === state) continue;
        last.set(job.id, state);
        write(
          `${secondsPassed.toFixed(1).padStart(6)} s  ${job.plan.name.padEnd(10)} ${state.padEnd(9)} ${detail}`.trimEnd(),
        );
      }
    },
    end: async () => undefined,
  };
}
