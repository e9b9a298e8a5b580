/** No secret is in a log line or a row of the ledger. */

import type { Columns, Key } from '../../../shared/adapters/tablestore/table.ts';
import { PRIVATE_KEY_PEM, WEBHOOK_SECRET } from '../../world/keys.ts';
import type { Report } from './truth.ts';

/** Installation tokens; JWTs and JIT configs, which are base64 of JSON; a PEM. */
const LOOKS_SECRET = /ghs_[A-Za-z0-9]{20,}|eyJ[A-Za-z0-9+/_-]{40,}|-----BEGIN/;
const KEY_PART = PRIVATE_KEY_PEM.split('\n')[3] ?? '';

export function createSecrets(report: Report) {
  const check = (where: string, text: string): void => {
    if (LOOKS_SECRET.test(text) || text.includes(WEBHOOK_SECRET) || text.includes(KEY_PART))
      report('no secret leaves', `${where}: ${text.slice(0, 80)}`);
  };
  return {
    line: (event: string, fields: Readonly<Record<string, unknown>>) =>
      check(`log ${event}`, JSON.stringify(fields)),
    row(table: string, key: Key, columns: Columns): void {
      for (const [name, value] of Object.entries(columns))
        if (typeof value === 'string') check(`${table} ${key.join('/')} ${name}`, value);
    },
  };
}
