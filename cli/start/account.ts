/** `npm start -- --account`: an empty account and an organisation, served for an install to be tried on. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type EmptyAccount, openEmptyAccount } from '../../simulator/empty-account/index.ts';
import { FOLDER, IS_PACKAGE, STATE } from '../shared/package/places.ts';
import { LEFT, leaving } from '../shared/screen/leaving.ts';
import { complain, say } from '../shared/screen/show.ts';
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
  for (const line of HELP) say(line);
  await new Promise<void>((resolve) => {
    leaving().signal.addEventListener('abort', () => resolve());
  });
  await Promise.all([endpoint.close(), account.close()]);
  rmSync(FILE, { force: true });
  rmSync(folder, { recursive: true, force: true });
  say(GONE);
  return LEFT;
}

/** A line each: what is too long goes on below itself. */
const HELP = [
  `An empty Alibaba Cloud account, and a GitHub organisation '${ORGANIZATION}' with '${ORGANIZATION}/app', are served on 127.0.0.1 until Ctrl-C. Nothing is real but the time. In another terminal, in this folder:`,
  '',
  `  . ${relative(FOLDER, FILE)}`,
  '  npm run setup',
  '  npm run job -- --labels self-hosted,aliyun,arm64 --minutes 1',
  '',
  'The first line stands for real credentials. Set-up goes on as docs/install.md says; functions go to cn-hongkong, and where it asks for a bucket the answer is -: OSS is not played.',
  `What the functions log is in ${relative(FOLDER, LOG)}.`,
];

const GONE =
  '\nThe account is gone, with all that was made in it. What set-up wrote here is of no more use: rm .env .setup.json runners.yaml';

/** As a shell takes it, whatever the folder is called. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

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
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
