/** A real pty on a machine that is really booted, by a helper that the host starts inside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Shell, ShellScreen } from '../ecs/index.ts';

const HELPER = readFileSync(join(import.meta.dirname, 'pty-helper.py'), 'utf8');

/** `leader`: the process id of the machine's first process, as the host sees it; null: it is gone. */
export function openPty(leader: Promise<string | null>, screen: ShellScreen): Shell {
  let [child, isOver]: [ChildProcess | null, boolean] = [null, false];
  const waiting: ((child: ChildProcess) => void)[] = [];
  const whenThere = (act: (child: ChildProcess) => void): void => {
    if (child === null) waiting.push(act);
    else act(child);
  };
  const ended = (): void => {
    if (isOver) return;
    isOver = true;
    screen.ended();
  };
  leader.then((pid) => {
    if (isOver) return;
    if (pid === null) {
      ended();
      return;
    }
    const made = started(pid, screen);
    made.on('error', ended);
    made.on('close', ended);
    child = made;
    for (const act of waiting) act(made);
  }, ended);
  return {
    input: (bytes) => whenThere(({ stdin }) => void stdin?.write(bytes)),
    resize: (rows, columns) =>
      whenThere(({ stdio }) => void (stdio[3] as Writable).write(`${rows} ${columns}\n`)),
    end() {
      isOver = true;
      whenThere(({ stdin }) => void stdin?.end());
    },
  };
}

function started(pid: string, screen: ShellScreen): ChildProcess {
  const child = spawn('nsenter', ['--target', pid, '--all', '--', 'python3', '-c', HELPER], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  // What it cannot do is seen where people look.
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => screen.write(bytes));
  // The machine goes down under it.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  return child;
}
