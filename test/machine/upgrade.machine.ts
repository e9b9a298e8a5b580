/** A job that upgrades a library which our unit uses, on a system that restarts what uses one, as Ubuntu's does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UPGRADE_FOLDER } from '../../simulator/machine/root-filesystem.ts';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

const STEPS = `
sudo apt-get install --reinstall ${UPGRADE_FOLDER}/*.deb
sleep 3
systemctl is-enabled apt-daily.timer apt-daily-upgrade.service unattended-upgrades.service || true
echo SURVIVED
`;
/** A file of the lower layer is not shown as deleted when it is replaced: it is copied up before our unit maps it. */
const COPY_UP = `[Service]\nExecStartPre=/bin/sh -c 'touch /lib/*-linux-gnu/libtinfo.so.6'\n`;

let cloud: Cloud;
beforeAll(async () => {
  const files = { '/etc/systemd/system/cloud-init.service.d/copy-up.conf': COPY_UP };
  cloud = await openCloud(() => STEPS, { hasRunner: true, files });
});
afterAll(() => cloud.close());

test('ends well, asks nothing, and its machine stays on', async () => {
  const one = await bootOne(cloud, { sudo: true });
  const job = giveJob(cloud, one);
  await one.stops(110_000);
  // needrestart found our unit, and left it alone.
  expect(one.log()).toMatch(/deferred[\s\S]*ci-runner\.service/);
  expect(one.log()).toContain('SURVIVED');
  expect(one.log().match(/^masked$/gm)).toHaveLength(3);
  expect(job.conclusion).toBe('success');
});
