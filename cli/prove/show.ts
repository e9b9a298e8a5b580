/** The steps as they go: a list on a terminal, a line each in a pipe. */
import { Listr } from 'listr2';
import type { Step } from './steps.ts';

/** One after the other; a step never stops the rest. */
export async function playSteps(
  steps: readonly Step[],
  isTerminal: boolean,
  write: (line: string) => void,
): Promise<void> {
  if (isTerminal) await terminal(steps);
  else
    for (const { title, run } of steps) {
      write(`${title} …`);
      write(`  ${await run()}`);
    }
}

async function terminal(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_context: unknown, task: { title: string | undefined }) => {
      task.title = `${title}: ${await run()}`;
    },
  }));
  // Ctrl-C is ours: the last step removes what was made.
  await new Listr(tasks, { concurrent: false, registerSignalListeners: false }).run();
}
