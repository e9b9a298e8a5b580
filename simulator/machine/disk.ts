/** What a machine's disk has beyond its image: the upper layer of an overlay. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** By path inside; null: a file that the machine lacks. */
export function writeInto(upper: string, files: Readonly<Record<string, string | null>>): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(upper, path);
    mkdirSync(dirname(target), { recursive: true });
    // How an overlay says that a file of the layer below is gone (Linux, overlayfs.rst, "whiteouts").
    if (text === null) execFileSync('mknod', [target, 'c', '0', '0']);
    else
      writeFileSync(target, text, { mode: path.includes('/bin/') || path.endsWith('.sh') ? 0o755 : 0o644 });
  }
}

/** '' when the machine wrote no such file. */
export function readFrom(upper: string, inside: string): string {
  const path = join(upper, inside);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export const CLOUD_INIT_STATUS = '/var/lib/cloud/data/status.json';

/** What it could not do, in any of its stages so far, as its status file says; '' has none. */
export function cloudInitErrors(status: string): readonly string[] {
  const stages = status === '' ? {} : (JSON.parse(status).v1 as Record<string, { errors?: string[] }>);
  return Object.entries(stages).flatMap(([stage, at]) =>
    (at?.errors ?? []).map((error) => `${stage}: ${error}`),
  );
}
