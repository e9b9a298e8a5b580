/** `npm run test:machine`: real Linux systems boot our user data. Needs root and Debian's packages, and fails without. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseOptions } from '../cli/shared/options.ts';
import { ROOT, runSteps, tool } from '../cli/shared/steps.ts';
import { run } from '../simulator/machine/commands.ts';
import { rootFilesystem } from '../simulator/machine/root-filesystem.ts';
import { isInstalled, kernelLayer, QEMU } from '../simulator/machine/virtual.ts';

const PACKAGES = [
  'debootstrap',
  'dnsmasq-base',
  'systemd-container',
  'iproute2',
  'iptables',
  'openssl',
  'procps',
  'util-linux',
];
const CACHE = join(ROOT, '.cache', 'machine');

const command = (): Command =>
  new Command('npm run test:machine --')
    .description(
      'Boots real Linux systems with our user data. Needs root on Debian or Ubuntu, and installs what is missing there.',
    )
    .argument(
      '[words...]',
      'parts of names of files below test/machine, and options of vitest; none: all of it',
    )
    .allowUnknownOption();

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<object>(command(), args);
  if (typeof options === 'number') return options;
  if (process.getuid?.() !== 0) {
    process.stderr.write('test:machine boots real systems: it needs root, on Debian or Ubuntu.\n');
    return 1;
  }
  await installMissing();
  mkdirSync(CACHE, { recursive: true });
  // What a run that was killed has left; its mounts ended with it.
  for (const old of readdirSync(CACHE).filter((name) => name.startsWith('run-')))
    rmSync(join(CACHE, old), { recursive: true, force: true });
  process.stdout.write('The root file system: made the first time, in a minute or two.\n');
  await rootFilesystem(CACHE);
  // Without QEMU its test says that it is left out.
  if (await isInstalled(QEMU)) await kernelLayer(CACHE);
  return runSteps([
    {
      title: 'vitest',
      // A network and mounts of their own, gone with the process.
      command: 'unshare',
      args: [
        '--net',
        '--mount',
        '--',
        tool('vitest'),
        'run',
        '--config',
        'vitest.machine.config.ts',
        ...args,
      ],
      isLoud: true,
    },
  ]);
}

async function installMissing(): Promise<void> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const installed = await run('dpkg-query', '--show', '--showformat', '${Package} ${db:Status-Status}\n');
  const missing = PACKAGES.filter((name) => !installed.includes(`${name} installed\n`));
  if (missing.length === 0) return;
  const apt = ['apt-get', '--quiet=2', '--option', 'DPkg::Lock::Timeout=300'];
  await run(...(apt as [string]), 'update');
  await run('env', 'DEBIAN_FRONTEND=noninteractive', ...apt, '--yes', 'install', ...missing);
}
