/** A file of the operator's is the old one or the new one, whenever we die. */
import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** Not touched where it says so already. `mode`: of a new file, and of what is there; absent: it keeps its own. */
export function replaceFile(path: string, text: string, mode?: number): void {
  // A link stays one: what it leads to is replaced.
  const target = existsSync(path) ? realpathSync(path) : path;
  const held = existsSync(target) ? statSync(target).mode & 0o777 : undefined;
  const isSame = held !== undefined && (mode ?? held) === held && readFileSync(target, 'utf8') === text;
  if (isSame) return;
  const next = `${target}.${process.pid}`;
  const wanted = mode ?? held;
  writeFileSync(next, text, { mode: wanted ?? 0o666 });
  // What the process would take away, the file had.
  if (wanted !== undefined) chmodSync(next, wanted);
  renameSync(next, target);
}
