import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootOne, giveJob, type One } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

/** Each address, and a name that leads there; root has asked each before, so that silence is the wall's. */
const ASK = `
ask() {
  for url in http://100.100.100.200 'http://[fd00:100::100:200]' 'http://metadata.internal'; do
    curl --silent --max-time 2 --globoff --resolve metadata.internal:80:100.100.100.200 --request PUT \\
      --header 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' "$url/latest/api/token" >/dev/null && echo "$1 reaches $url"
  done
  return 0
}
`;
const JOB = `${ASK}
ask runner
export -f ask
mkdir --mode 777 /tmp/marks
unshare --user --map-auto --map-root-user setpriv --reuid=5 --regid=5 --clear-groups bash -c 'touch /tmp/marks/mark; ask subordinate'
echo "subordinate id $(stat --format %u /tmp/marks/mark)"
echo LOOKED
sleep 4
`;

describe.each([
  ['nft', {}],
  ['iptables', { '/usr/sbin/nft': null }],
])('a wall made by %s', (tool, files) => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await openCloud(() => JOB, { files });
  });
  afterAll(() => cloud.close());

  const root = (one: One, command: string) => one.machine.shell(`${ASK}${command}`);

  test('keeps the job and the user ids that it may become from metadata, and root not', async () => {
    const one = await bootOne(cloud, { sudo: false });
    giveJob(cloud, one);
    await cloud.until('the job', () => one.log().includes('LOOKED'), 90_000, one.story);
    const asRoot = await root(one, 'ask root');
    const urls = ['http://100.100.100.200', 'http://[fd00:100::100:200]', 'http://metadata.internal'];
    expect(asRoot.trim().split('\n')).toEqual(urls.map((url) => `root reaches ${url}`));
    expect(one.log()).toMatch(/^subordinate id 1\d{5}$/m);
    expect(one.log()).not.toContain('reaches');
    const rules = await root(one, 'nft list ruleset 2>/dev/null; iptables-save --table mangle');
    expect(rules.includes('table inet ci_runner')).toBe(tool === 'nft');
    await one.stops(60_000);
  });
});
