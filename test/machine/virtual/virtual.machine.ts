/** One boot of a whole machine: its own kernel, the firmware's word that it is on ECS, metadata by token, a real power-off. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usageIn } from '../../../shared/runner/usage.ts';
import { isInstalled, QEMU, virtualMachines } from '../../../simulator/machine/virtual.ts';
import { VALUES } from '../../userdata/values.ts';
import { bootOne, giveJob } from '../boot-one.ts';
import { CACHE, MIRROR, openCloud } from '../cloud.ts';
import { expectMeasured, FETCHED_MIB, knownLoad, knownOf } from './known-load.ts';

const KERNEL = join(CACHE, 'kernel');
const hasParts = existsSync(KERNEL) && (await isInstalled(QEMU));
if (!hasParts)
  process.stderr.write(`left out: no virtual machine without ${QEMU} (apt-get install qemu-system-x86)\n`);

const BOOT_MAX_MS = 1_800_000;
const SIZE = { ...VALUES.instance, cpu: 2, memoryGiB: 1 };
const KNOWN = 'known-bytes';
const STEPS = `echo "kernel $(uname -r), $(cat /sys/class/dmi/id/product_name)"
${knownLoad(`https://${MIRROR}/${KNOWN}`)}`;

test.skipIf(!hasParts)(
  'a virtual machine asks for a token, runs its job under its own kernel, charts a known load within ten per cent, and switches itself off',
  async () => {
    const cloud = await openCloud(() => STEPS, {
      hardware: virtualMachines,
      layers: () => [KERNEL],
      objects: { [KNOWN]: Buffer.alloc(FETCHED_MIB * 1024 * 1024) },
    });
    try {
      const one = await bootOne(cloud, { bootSeconds: 1_200, usage: true, instance: SIZE });
      const job = giveJob(cloud, one);
      // A kernel that panics ends its machine: nothing is waited for after it.
      const isOver = () => job.status === 'completed' || !one.isOn();
      await cloud.until('the end of the job', isOver, BOOT_MAX_MS, one.story);
      expect(job.conclusion, one.story()).toBe('success');
      expect(one.log()).toMatch(/kernel \S+-cloud-amd64, Alibaba Cloud ECS/);
      const metadata = '100.100.100.200';
      expect(cloud.asked.slice(0, 2)).toEqual([
        `${metadata} /latest/api/token`,
        expect.stringMatching(/^100\S+ \/2016-01-01\//),
      ]);
      await one.stops(300_000);
      expect(one.trace()).toContain('stopping');
      const [usage, known] = [usageIn(one.trace()), knownOf(one.log())];
      if (usage === null) throw new Error(one.story());
      if (process.env.FIGURES) process.stdout.write(`${JSON.stringify({ usage, known })}\n${one.log()}\n`);
      expectMeasured(usage, known);
      expect(one.log()).toMatch(/What this job used[\s\S]*CPU +[▁-█][\s\S]*cores used/);
    } finally {
      await cloud.close();
    }
  },
  BOOT_MAX_MS + 600_000,
);
