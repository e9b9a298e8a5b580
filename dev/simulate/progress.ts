/** How far the seeds are: a bar on a terminal, a line for each tenth in a pipe. */
import { Listr } from 'listr2';

export interface Progress {
  /** So many more. */
  readonly played: (seeds: number) => void;
  readonly end: () => Promise<void>;
}

const WIDTH = 30;

export function barOf(seeds: number): Progress {
  let done = 0;
  let show = (_title: string): void => undefined;
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const title = () => {
    const full = Math.min(WIDTH, Math.round((WIDTH * done) / seeds));
    return `${'■'.repeat(full)}${'□'.repeat(WIDTH - full)} ${done} of ${seeds} seeds`;
  };
  const listr = new Listr([
    {
      title: title(),
      task: (_context: unknown, task: { title: string | undefined }) => {
        show = (text) => {
          task.title = text;
        };
        return ended;
      },
    },
  ]);
  const shown = listr.run();
  return {
    played(more) {
      done += more;
      show(title());
    },
    async end() {
      finish();
      await shown;
    },
  };
}

/** On the error output, so that what is read by a program stays the summary alone. */
export function linesOf(seeds: number): Progress {
  const beganMs = Date.now();
  let done = 0;
  return {
    played(more) {
      const tenthsBefore = Math.floor((10 * done) / seeds);
      done += more;
      if (Math.floor((10 * done) / seeds) === tenthsBefore) return;
      process.stderr.write(`${done} of ${seeds} seeds, ${Math.round((Date.now() - beganMs) / 1000)} s\n`);
    },
    end: async () => undefined,
  };
}
