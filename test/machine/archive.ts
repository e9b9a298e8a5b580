/** What the simulated cloud hands out: the runner's archive, and a certificate for the names of its hosts. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerRelease } from '../../shared/runner/release.ts';
import { run } from '../../simulator/machine/commands.ts';
import { ASSETS, RELEASE } from '../world/release.ts';

/** Of which the region's bucket has a copy. */
export function releaseOf(archive: Buffer): RunnerRelease {
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const { amd64, arm64 } = RELEASE.archives;
  const of = (one: typeof amd64) => ({ ...one, sha256, sizeBytes: archive.length });
  return { ...RELEASE, regions: ['cn-hangzhou'], archives: { amd64: of(amd64), arm64: of(arm64) } };
}

/** As GitHub has it: a sweep that asks tells machines this checksum. */
export function publishedOf({ version, publishedAtMs, archives }: RunnerRelease) {
  const { sha256, sizeBytes } = archives.amd64;
  return { version, publishedAtMs, assets: ASSETS.map((each) => ({ ...each, sha256, sizeBytes })) };
}

/** The archive of the stand-in runner, which knows its endpoint; with so much more in it that nothing makes smaller. */
export async function standIn(folder: string, endpoint: string, paddingMb = 0): Promise<Buffer> {
  const source = join(import.meta.dirname, '..', '..', 'simulator', 'machine', 'stand-in');
  const tree = join(folder, 'stand-in');
  await run('cp', '--recursive', source, tree);
  writeFileSync(join(tree, 'endpoint'), endpoint);
  writeFileSync(join(tree, 'version'), `${RELEASE.version}\n`);
  if (paddingMb > 0)
    await run('dd', 'if=/dev/urandom', `of=${join(tree, 'padding')}`, 'bs=1M', `count=${paddingMb}`);
  const archive = join(folder, 'runner.tar.gz');
  await run(
    'tar',
    '--create',
    '--use-compress-program=gzip -1',
    `--file=${archive}`,
    `--directory=${tree}`,
    '.',
  );
  return readFileSync(archive);
}

/** The same runner as an image of one's own would hold it. */
export function inImage(tree: string): Record<string, string> {
  const paths = ['run.sh', 'run-helper.sh.template', 'bin/Runner.Listener', 'bin/Runner.Worker', 'endpoint'];
  const files = paths.map((path) => [`/opt/actions-runner/${path}`, readFileSync(join(tree, path), 'utf8')]);
  return { ...Object.fromEntries(files), '/opt/actions-runner/.version': `${RELEASE.version}\n` };
}

/** For the names that the machines ask by TLS, from an authority that only they know. */
export async function certificate(folder: string, hosts: readonly string[]) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`;
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=cloud'];
  await run('openssl', ...request, '-addext', names, '-keyout', key, '-out', cert);
  const own = readFileSync(cert, 'utf8');
  return { key: readFileSync(key), cert: own, authorities: own };
}
