/** The disk image that all machines share: a Debian with cloud-init and docker, made once and kept. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.ts';

/** What a cloud image has, as far as the boot touches it; docker; and `newuidmap`, which comes with rootless containers. */
const PACKAGES =
  'systemd systemd-sysv dbus cloud-init locales sudo curl ca-certificates git iproute2 iptables nftables procps openssl docker.io docker-cli docker-buildx docker-compose uidmap busybox-static needrestart unzip zip jq xz-utils zstd wget rsync openssh-client ^libicu[0-9]+$'.split(
    ' ',
  );

/** Takes a minute or two the first time; the folder of the image. */
export async function rootFilesystem(cache: string): Promise<string> {
  const folder = join(cache, 'base');
  const stamp = join(cache, 'base.stamp');
  const recipe = createHash('sha256')
    .update([RELEASE, ...PACKAGES, CLOUD_CONFIG, NEEDRESTART, DMI].join(' '))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe) return folder;
  rmSync(stamp, { force: true });
  const making = join(cache, 'making');
  for (const old of [folder, making]) rmSync(old, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run('debootstrap', '--variant=minbase', RELEASE, making, await mirror());
  copyFileSync('/etc/resolv.conf', join(making, 'etc/resolv.conf'));
  // Nothing is started while it is made.
  writeFileSync(join(making, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const apt = ['chroot', making, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet=2', '--yes'];
  await run(...(apt as [string]), '--no-install-recommends', 'install', ...PACKAGES);
  rmSync(join(making, 'usr/sbin/policy-rc.d'));
  // For a job that upgrades a library of what we run: machines have no way to Debian.
  const upgrade = `mkdir -p ${UPGRADE_FOLDER} && cd ${UPGRADE_FOLDER} && apt-get --quiet=2 download libtinfo6`;
  await run('chroot', making, 'sh', '-c', upgrade);
  // As in cloud images; here nothing asks for it.
  await run('chroot', making, 'systemctl', 'enable', 'systemd-networkd');
  prepare(making);
  renameSync(making, folder);
  writeFileSync(stamp, recipe);
  return folder;
}

/** The first Debian whose cloud-init (25.1) asks Alibaba Cloud's metadata with a token, which hardened mode needs. */
const RELEASE = 'trixie';
/** As Alibaba Cloud's images have it. The locale is that of Debian's own cloud images. */
const CLOUD_CONFIG = 'datasource_list: [AliYun]\nlocale: C.UTF-8\n';
/** The one thing that cloud-init cannot see from a container: the firmware's word for what it runs on. */
const DMI = `

def read_dmi_data(key):
    return {"system-product-name": "Alibaba Cloud ECS"}.get(key)
`;

/** Ubuntu's since 24.04: what an upgraded library is used by is restarted, nobody is asked. */
const NEEDRESTART = "$nrconf{restart} = 'a';\n";
/** Holds a package of a library that bash uses. */
export const UPGRADE_FOLDER = '/var/lib/upgrade';

function prepare(root: string): void {
  writeFileSync(join(root, 'etc/needrestart/conf.d/50-as-ubuntu.conf'), NEEDRESTART);
  writeFileSync(join(root, 'etc/cloud/cloud.cfg.d/90-as-on-ecs.cfg'), CLOUD_CONFIG);
  appendFileSync(join(root, 'usr/lib/python3/dist-packages/cloudinit/dmi.py'), DMI);
  // What cloud images do not do at a boot either, and what only costs time here.
  for (const timer of ['apt-daily.timer', 'apt-daily-upgrade.timer', 'e2scrub_all.timer', 'fstrim.timer'])
    rmSync(join(root, 'etc/systemd/system/timers.target.wants', timer), { force: true });
}

/** The host's own package source: it is known to answer. */
async function mirror(): Promise<string> {
  const targets = await run('apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages');
  const uri = targets.split('\n').find((each) => each !== '' && !each.includes('security'));
  if (uri === undefined) throw new Error('apt-get update first: no package source is known');
  return uri;
}
