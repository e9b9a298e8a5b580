/** This process's own terminal, as a shell needs it: key by key, and given back as it was, whatever happens. */
import { spawnSync } from 'node:child_process';
import type { ReadStream, WriteStream } from 'node:tty';
import { withOwnWords } from '../shared/screen/leaving.ts';
import type { Terminal } from './converse.ts';
import { screenModes } from './undo-modes.ts';

/**
 * Node's raw mode makes two characters of each new line that is drawn (libuv, uv_tty_set_mode: ONLCR), which moves what
 * programs draw by lines to the left edge. Without `stty` it stays so. `setRawMode(false)` undoes both.
 */
const leaveOutputAsItIs = (): void =>
  void spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'], timeout: 2_000 });

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export function ownTerminal(stdin: ReadStream, stdout: WriteStream): Terminal {
  const modes = screenModes();
  return {
    size: () => ({ rows: stdout.rows, columns: stdout.columns }),
    write(bytes) {
      modes.seen(bytes);
      stdout.write(bytes);
    },
    hold: () => void stdin.pause(),
    resume: () => void stdin.resume(),
    take({ typed, resized, left }) {
      const gone = () => left('SIGHUP');
      const signalled = SIGNALS.map((signal) => [signal, () => left(signal)] as const);
      const give = () => {
        if (!stdin.destroyed) stdin.setRawMode(false);
      };
      const done = withOwnWords();
      stdin.setRawMode(true);
      leaveOutputAsItIs();
      // A mistake of ours ends the process past all else; what only a kill -9 leaves, `reset` mends.
      process.on('exit', give);
      for (const [signal, act] of signalled) process.on(signal, act);
      stdin.on('data', typed);
      for (const word of ['end', 'close', 'error']) stdin.on(word, gone);
      // Stays: what is said after a terminal is gone has nowhere to go.
      stdout.on('error', gone);
      stdout.on('resize', resized);
      stdin.resume();
      return () => {
        give();
        done();
        stdin.off('data', typed);
        for (const word of ['end', 'close']) stdin.off(word, gone);
        stdout.off('resize', resized);
        for (const [signal, act] of signalled) process.off(signal, act);
        process.off('exit', give);
        stdin.pause();
        if (stdout.writable) stdout.write(modes.undo());
      };
    },
  };
}
