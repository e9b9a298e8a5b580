/** What `npm start -- --account` writes for a shell, wherever its folder is. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellExports } from '../../../cli/start/account.ts';

test.each(["/home/o'brien/my runners", '$(touch x)`y`"z"\\', 'a\nb'])(
  'a shell reads %j as it is',
  (value) => {
    const accessKey = { accessKeyId: 'id', accessKeySecret: value, securityToken: null };
    const text = shellExports({ accessKey, variables: { ECS_ENDPOINT: value } as never });
    const script = `${text}printf '%s|%s' "$ECS_ENDPOINT" "$ALIBABA_CLOUD_ACCESS_KEY_SECRET"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${value}|${value}`);
  },
);
