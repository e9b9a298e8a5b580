/** A network that is bad is told by its kind, with what to change, where a person asks why a job waits. */
import { expect, test } from 'vitest';
import { badNetworkIn } from '../../../../shared/runner/bad-network.ts';
import { inChinese } from '../../../../shared/words/chinese.ts';
import { MINUTE_MS, OURS, open, queue, read } from '../../../cli/explain/fixture.ts';

const fetching = (because: string) => `Z +9s runner.not_fetched host=github.com because=${because}\n`;
const there = 'Z +9s runner.fetched host=ci.oss-cn-hangzhou-internal.aliyuncs.com\n';
const tried = (host: string, because: string) => `Z +40s github.tried host=${host} because=${because}\n`;

// biome-ignore format: a table reads best as a table.
test.each([
  ['', null],
  [fetching('no_network address='), /^its machine has no way to github\.com: .*SNAT/],
  [fetching('no_name_server address='), /^its machine finds no address of github\.com: .*VPC/],
  [fetching('no_answer address=20.205.243.166'), /^nothing answers its machine at github\.com: .*mirrorBucket/],
  [fetching('slow address=20.205.243.166'), /^github\.com is too slow .*mirrorBucket/],
  [fetching('connection_refused address=20.205.243.166'), /^github\.com refuses its machine/],
  [fetching('connection_refused address=127.0.0.1'), /^the name github\.com leads to 127\.0\.0\.1 /],
  [fetching('no_answer address=10.1.2.3'), /leads to 10\.1\.2\.3/],
  [fetching('no_answer address=198.18.0.9'), /leads to 198\.18\.0\.9/],
  [fetching('no_answer address=100.118.28.44'), /^nothing answers/],
  [fetching('proxy_407! address=10.1.2.3'), /^its proxy wants a name and a password/],
  [fetching('certificate! address=20.205.243.166'), /another certificate/],
  [fetching('clock_is_wrong address='), /time server/],
  [fetching('checksum! address='), /npm run mirror/],
  // GitHub is asked last; what is not known of it leaves the mirror's word.
  ['Z +1s runner.not_fetched host=ci.oss-internal.aliyuncs.com because=mirror_is_away address=\n' + fetching('slow address='), /^github\.com is too slow/],
  ['Z +1s runner.not_fetched host=ci.oss-internal.aliyuncs.com because=refused! address=\n' + fetching('unknown address='), /^ci\.oss-internal\.aliyuncs\.com refuses the download/],
  // The runner is there: what counts is the way to its session, and no copy helps.
  [fetching('slow address=') + there, null],
  [there + tried('github.com', 'reached') + tried('broker.actions.githubusercontent.com', 'no_answer address='), /^nothing answers its machine at broker\.actions\.githubusercontent\.com: placements\[\]\.proxy is/],
  [there + tried('github.com', 'reached'), null],
  ['Z +3s runner.in_image version=2.336.0\n' + tried('github.com', 'no_name_server address='), /^its machine finds no address/],
  [there + tried('github.com', 'no_answer address=') + 'Z +99s runner.online\n', null],
  // What a machine may have written there itself.
  ['Z +9s runner.not_fetched host=<b>x</b> because=slow address=\n', null],
  [fetching('anything_else'), null],
])('the console %j', (console, says) => {
  if (says === null) expect(badNetworkIn(console)).toBeNull();
  else expect(badNetworkIn(console)).toMatch(says);
});

test('it is a reason in the story of the job, and its boot says the same in Chinese', async () => {
  let because: string | null = 'connection_refused address=127.0.0.1';
  const world = await open({ boots: { badNetwork: () => because } });
  const job = queue(world, OURS);
  await world.pass(5 * MINUTE_MS);
  const { text } = await read(world, job);
  expect(text).toContain('That boot failed because the name github.com leads to 127.0.0.1 on its machine');
  const row = await world.adapters().ledger.history.read(job.createdAtMs, job.id as never);
  expect(row?.because).toMatch(/^the name github\.com leads to 127\.0\.0\.1/);
  expect(inChinese(row?.because ?? '')).toMatch(/^在它的机器上，域名 github\.com 指向 127\.0\.0\.1/);
  because = null;
  expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
  world.fc.close();
});
