import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tarOf } from '../../../functions/mirror/actions/tar.ts';
import { actionArchive } from '../../../simulator/actions.ts';
import { bootOne, giveJob } from '../boot-one.ts';
import { BUCKET, type Cloud, openCloud } from '../cloud.ts';

const SHA = '5'.repeat(40);
const KEY = `actions/bundle-${'a'.repeat(32)}.tar`;
const URL = `https://${BUCKET}.oss-cn-hangzhou-internal.aliyuncs.com/${KEY}`;

/** As the mirror makes it. */
async function bundle(): Promise<Buffer> {
  const archive = actionArchive('actions/checkout', SHA);
  const file = { folder: 'actions_checkout', name: `${SHA}.tar.gz`, sizeBytes: archive.length };
  const chunks: Uint8Array[] = [];
  const open = async () =>
    (async function* () {
      yield archive;
    })();
  for await (const chunk of tarOf([file], open)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

let cloud: Cloud;
let sha256: string;
beforeAll(async () => {
  const bytes = await bundle();
  sha256 = createHash('sha256').update(bytes).digest('hex');
  cloud = await openCloud(
    () => `# action=actions/checkout ${SHA}\ncat _actions/actions/checkout/*/action.yml`,
    {
      objects: { [KEY]: bytes },
    },
  );
});
afterAll(() => cloud.close());

test('with codeload closed a job has its action from the region’s bucket, where the runner looks by itself', async () => {
  const one = await bootOne(cloud, { actions: { url: URL, sha256 } });
  // The bundle comes beside the runner, not before it.
  await cloud.until('the archives', () => one.trace().includes('actions.'), 90_000, one.story);
  const job = giveJob(cloud, one);
  await one.stops(110_000);
  expect(one.trace()).toContain('actions.brought');
  expect(one.log()).toContain(`Copied action archive '/opt/actions-archives/actions_checkout/${SHA}.tar.gz'`);
  expect(one.log()).toContain('name: actions/checkout');
  expect(job.conclusion).toBe('success');
});
