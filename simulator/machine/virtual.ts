/**
 * A whole virtual machine by QEMU: a kernel of its own, the firmware's words for what it runs on, a network card, a power button.
 * Translated (TCG), because no KVM is asked for: some minutes a boot.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { run } from './commands.ts';
import { cableOf, hardwareAddressOf, plugInVirtual, unplugVirtual } from './network.ts';
import type { Hardware, Place } from './system.ts';

export const QEMU = 'qemu-system-x86_64';
export const isInstalled = (command: string): Promise<boolean> =>
  run(command, '--version').then(
    () => true,
    () => false,
  );

/** Debian's kernel for clouds; what cloud images have to grow into a disk that is larger than they are; and a load that is known. */
const PACKAGES = ['linux-image-cloud-amd64', 'initramfs-tools', 'e2fsprogs', 'stress-ng'];

/** The folder of a layer over the base image: what that lacks, and cloud-init's own reader of firmware again. */
export async function kernelLayer(cache: string): Promise<string> {
  const [layer, stamp] = [join(cache, 'kernel'), join(cache, 'kernel.stamp')];
  const recipe = createHash('sha256')
    .update([readFileSync(join(cache, 'base.stamp'), 'utf8'), ...PACKAGES].join(' '))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe) return layer;
  const making = join(cache, 'kernel-making');
  for (const old of [stamp, layer, making]) rmSync(old, { recursive: true, force: true });
  const folderOf = (name: string) => join(making, name);
  for (const name of ['upper', 'work', 'root']) mkdirSync(folderOf(name), { recursive: true });
  const layers = `lowerdir=${join(cache, 'base')},upperdir=${folderOf('upper')},workdir=${folderOf('work')}`;
  const root = folderOf('root');
  await run('mount', '-t', 'overlay', 'overlay', '-o', layers, root);
  try {
    await install(root);
  } finally {
    await run('umount', root);
  }
  await run('mv', folderOf('upper'), layer);
  rmSync(making, { recursive: true });
  writeFileSync(stamp, recipe);
  return layer;
}

async function install(root: string): Promise<void> {
  const policy = join(root, 'usr/sbin/policy-rc.d');
  // Nothing is started while it is made.
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet=2', '--yes'];
  await run('chroot', root, ...apt, 'update');
  await run('chroot', root, ...apt, '--no-install-recommends', 'install', ...PACKAGES);
  await run('chroot', root, ...apt, 'install', '--reinstall', 'cloud-init');
  rmSync(policy);
}

/** No shell inside; what it writes is seen after its end. */
export const virtualMachines: Hardware = {
  plugIn: plugInVirtual,
  unplug: unplugVirtual,
  async start(place) {
    const [image, monitor] = [join(place.disk, '../disk.img'), join(place.disk, '../monitor')];
    // Without a journal it is as quick to make, and debugfs reads what a machine has left as it is.
    await run('mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-d', place.root, image, DISK_SIZE);
    const words = ['-c', 'echo $$ >"$0" && exec "$@"', place.door, QEMU, ...wordsOf(place, image, monitor)];
    return {
      process: spawn('sh', words, { stdio: ['ignore', 'pipe', 'pipe'] }),
      press: () => told(monitor, 'system_powerdown\n'),
      keep: () => keep(image, place.disk),
    };
  },
};

const DISK_SIZE = '3072M';
/**
 * Two processors, translated in turn by one thread. With a thread for each, a processor may still run the old translation of an
 * instruction that the kernel changes under it (its static keys), and meets a breakpoint that nobody answers for any more: seen, a
 * panic in `kfree` at such a place, on a busy machine.
 */
const PROCESSORS = ['-accel', 'tcg,thread=single', '-cpu', 'qemu64', '-smp', '2'];
/**
 * What waits for a device or a service waits as long as a translated machine needs. And the kernel does not try whether the timer
 * ticks: it counts its own turns meanwhile, and panics ("IO-APIC + timer doesn't work") where a busy host gave it none; under KVM
 * it leaves that out by itself.
 */
const KERNEL_WORDS =
  'root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=4 panic=-1 no_timer_check ' +
  'systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service ' +
  'systemd.default_device_timeout_sec=900 systemd.default_timeout_start_sec=900';

function wordsOf({ root, number }: Place, image: string, monitor: string): string[] {
  const boot = (prefix: string) =>
    join(root, 'boot', readdirSync(join(root, 'boot')).find((name) => name.startsWith(prefix)) ?? prefix);
  return [
    ...['-machine', 'q35', ...PROCESSORS, '-m', '1024'],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-monitor', `unix:${monitor},server,nowait`],
    ...['-smbios', 'type=1,manufacturer=Alibaba Cloud,product=Alibaba Cloud ECS'],
    ...['-kernel', boot('vmlinuz-'), '-initrd', boot('initrd.img-'), '-append', KERNEL_WORDS],
    ...['-drive', `file=${image},format=raw,if=virtio,cache=unsafe`, '-device', 'virtio-rng-pci'],
    ...['-netdev', `tap,id=cable,ifname=${cableOf(number)},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=cable,mac=${hardwareAddressOf(number)}`],
  ];
}

/** What is looked for on a machine's disk. */
const KEPT = ['/var/log/user-data.log', '/var/lib/cloud/data/status.json'];

async function keep(image: string, folder: string): Promise<void> {
  for (const path of KEPT) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    await run('debugfs', '-R', `dump ${path} ${join(folder, path)}`, image);
  }
  rmSync(image);
}

function told(monitor: string, words: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const socket = connect(monitor, () => socket.end(words, resolve));
    socket.once('error', reject);
  });
}
