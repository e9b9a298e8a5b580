/** `npm start -- --account`: an empty account and an organisation, served for an install to be tried on. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type EmptyAccount, openEmptyAccount } from '../../simulator/empty-account/index.ts';
import { FOLDER, IS_PACKAGE, STATE } from '../shared/package/places.ts';
import { leaving } from '../shared/screen/leaving.ts';
import { complain } from '../shared/screen/show.ts';
import { ROOT } from '../shared/steps.ts';
import { openLocalEndpoint, otherWorld } from './local-endpoint.ts';

const FILE = join(STATE, 'account.env');
/** What the functions print, as the log service would keep it. */
const LOG = join(STATE, 'account.log');
const ORGANIZATION = 'acme';
/** Time is real here, and nobody tries an install to wait for a boot. */
const BOOT_MS = [4_000, 8_000] as const;

/** Until it is interrupted. */
export async function serveAccount(): Promise<number> {
  const other = await otherWorld();
  if (other !== null) {
    complain(other);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'account-'));
  mkdirSync(STATE, { recursive: true });
  writeFileSync(LOG, '');
  const onLine = (name: string, line: string) => appendFileSync(LOG, `${name} ${line}\n`);
  const account = await openEmptyAccount({
    ...{ folder, organization: ORGANIZATION, onLine, boots: { bootMs: BOOT_MS } },
  });
  writeFileSync(FILE, shellExports(account), { mode: 0o600 });
  const { accessKeyId, accessKeySecret } = account.accessKey;
  const time = () => ({ scale: 1, simulatedMs: Date.now(), realMs: Date.now() });
  const found = () => ({ ...time(), environment: null, accessKeyId, accessKeySecret });
  const endpoint = await openLocalEndpoint(account.github, found);
  process.stdout.write(HELP);
  await new Promise<void>((resolve) => {
    leaving().signal.addEventListener('abort', () => resolve());
  });
  await Promise.all([endpoint.close(), account.close()]);
  rmSync(FILE, { force: true });
  rmSync(folder, { recursive: true, force: true });
  return 0;
}

const HELP = `An empty Alibaba Cloud account, and a GitHub organisation '${ORGANIZATION}' with
'${ORGANIZATION}/app', are served on 127.0.0.1 until Ctrl-C. Nothing is real but the
time. In another terminal, in this folder:

  . ${relative(FOLDER, FILE)}   # instead of real credentials
  npm run setup            # and on, as docs/install.md says; functions in cn-hongkong
                           # OSS is not played: answer - where it asks for a bucket
  npm run job -- --labels self-hosted,aliyun,arm64 --minutes 1

What the functions log is in ${relative(FOLDER, LOG)}.
`;

/** For a shell to source. Serverless Devs is played too: its component comes from a registry of its own. */
export function shellExports({
  accessKey,
  variables,
}: Pick<EmptyAccount, 'accessKey' | 'variables'>): string {
  const all = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKey.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKey.accessKeySecret,
    ...variables,
    SERVERLESS_DEVS: join(ROOT, IS_PACKAGE ? 'packed/cli' : 'cli/start', 'serverless-devs.mjs'),
  };
  return Object.entries(all)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}
