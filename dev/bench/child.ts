/** Fresh processes: what a cold start costs is seen in no other. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The last line that the script prints, as a number. Asynchronous, so that this process can serve it meanwhile. */
export async function numberFrom(script: string, env: Readonly<Record<string, string>>): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...env },
  });
  const value = Number(stdout.trim().split('\n').at(-1));
  if (Number.isNaN(value)) throw new Error(`no number in what was printed: ${stdout.slice(0, 200)}`);
  return value;
}

/** A complete environment for every function; nothing in it is real. */
export const ENVIRONMENT = {
  FC_REGION: 'cn-hongkong',
  FC_ACCOUNT_ID: '1234567890123456',
  TABLESTORE_ENDPOINT: 'http://127.0.0.1:1',
  TABLESTORE_INSTANCE: 'ci-runners',
  LAUNCHER_FUNCTION: 'ci-launcher',
  REAPER_FUNCTION: 'ci-reaper',
  GITHUB_APP_ID: '12',
  GITHUB_PRIVATE_KEY: 'not-a-key-and-never-used-as-one',
  WEBHOOK_SECRET: 'a-secret-of-more-than-16-characters',
};
