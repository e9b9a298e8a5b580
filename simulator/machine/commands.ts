/** Programs of the host. */
import { execFile } from 'node:child_process';

/** Its standard output. Throws with all that it said when it fails. */
export function run(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      reject(
        new Error(`${command} ${args.join(' ')} failed\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`),
      );
    });
  });
}
