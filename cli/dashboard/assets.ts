/** The files of the page. The style stands in it, so that it is painted after one request; its hash lets no other in. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Html } from '../shared/screen/html.ts';

const read = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'assets', name));

const css = read('page.css').toString('utf8');
export const STYLE = new Html(`<style>${css}</style>`);
/** For the policy: CSP 3, "hash-source". */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(css).digest('base64')}'`;

export const ASSETS: ReadonlyMap<string, { readonly type: string; readonly body: Buffer }> = new Map([
  ['page.js', { type: 'text/javascript; charset=utf-8', body: read('page.js') }],
  ['icon.svg', { type: 'image/svg+xml', body: read('icon.svg') }],
]);
