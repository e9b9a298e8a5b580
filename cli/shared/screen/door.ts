/** The way into a page of this machine that nobody else of it may see. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE } from '../package/places.ts';
import { html } from './html.ts';
import { openBrowser } from './open-browser.ts';

/**
 * A program's arguments are seen by every user of a machine: the browser gets a file of mode 600 that leads to the address.
 * Gives what takes the file away.
 */
export function openDoor(url: string): () => void {
  mkdirSync(STATE, { recursive: true });
  const file = join(STATE, `door-${process.pid}.html`);
  const { text } =
    html`<!doctype html><meta charset="utf-8"><title>Runners</title><meta http-equiv="refresh" content="0; url=${url}"><a href="${url}">Runners</a>`;
  // A mode holds for a new file only.
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600 });
  openBrowser(file);
  const shut = () => rmSync(file, { force: true });
  // However it ends, the address does not stay behind.
  process.once('exit', shut);
  return shut;
}
