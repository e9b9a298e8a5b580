/**
 * What ECS Image Builder is told to make of one image, and how the result is known: pure. The same install.sh that a
 * boot runs, so that a boot on the image finds nothing to do.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Config } from '../../config/config.ts';
import type { BakeConfig } from '../../config/images.ts';
import type { Arch } from '../../nouns.ts';
import { assignments, quoted, withoutComments } from '../bash.ts';
import { proxyEnvironment } from '../proxy.ts';
import type { RunnerRelease } from '../release.ts';
import { proxyOf, runnerUrls } from '../sources.ts';
import { FETCH_SECONDS, recipeOf, type UserDataScripts } from '../user-data.ts';
import { BAKE_CONTENT_MAX_BYTES, BAKE_INSTALL_S } from './image-limits.ts';

/** The text of the files in `userdata/`. */
export interface BakeScripts extends Pick<UserDataScripts, 'install' | 'docker'> {
  readonly bake: string;
  readonly bakeTest: string;
}

export interface Recipe {
  readonly name: string;
  readonly arch: Arch;
  readonly base: { readonly family: string } | { readonly id: string };
  readonly runnerVersion: string;
  /** Hexadecimal: another one makes another image. */
  readonly hash: string;
  /** At most 16 KB each (SDK model CreateImagePipelineRequest). */
  readonly buildContent: string;
  readonly testContent: string;
}

/** Null: this image is not to be baked. Throws a RangeError when its script is too long. */
export function recipeFor(
  name: string,
  release: RunnerRelease,
  config: Config,
  scripts: BakeScripts,
): Recipe | null {
  const image = config.images[name];
  if (image?.bake === undefined) return null;
  const arch = image.arch ?? (name as Arch);
  const base = image.id === undefined ? { family: image.family as string } : { id: image.id };
  const build = buildScript(image.bake, arch, release, config, scripts);
  const parts = [recipeOf(config.defaults, scripts), scripts.bake, scripts.bakeTest, release.version];
  const asked = [...config.defaults.packages, ...image.bake.packages, image.bake.script ?? ''];
  const all = JSON.stringify([...parts, base, asked]);
  return {
    ...{ name, arch, base, runnerVersion: release.version },
    hash: createHash('sha256').update(all).digest('hex').slice(0, 12),
    buildContent: contentOf(name, build),
    testContent: contentOf(name, testScript(release, config, scripts)),
  };
}

/** Names of the images that bake themselves. */
export const bakedNames = ({ images }: Pick<Config, 'images'>): readonly string[] =>
  Object.keys(images).filter((name) => images[name]?.bake !== undefined);

/** What a boot with the defaults compares with, and the newest runner. */
function header(release: RunnerRelease, { defaults }: Config, scripts: BakeScripts): string[] {
  return [
    `readonly RECIPE=${quoted(recipeOf(defaults, scripts))}`,
    `readonly DOCKER=${String(defaults.docker)} SUDO=${String(defaults.sudo)}`,
    `readonly RUNNER_VERSIONS=(${quoted(release.version)})`,
  ];
}

function buildScript(
  bake: BakeConfig,
  arch: Arch,
  release: RunnerRelease,
  config: Config,
  scripts: BakeScripts,
): string {
  const { docker, packages } = config.defaults;
  const { region, mirrorBucket, proxy } = bakeryOf(config);
  const archive = release.archives[arch];
  const urls = runnerUrls(release, arch, region, mirrorBucket);
  const list = (words: readonly string[]) => `(${words.map(quoted).join(' ')})`;
  return [
    ...header(release, config, scripts),
    `readonly BOOT_SECONDS=${BAKE_INSTALL_S} FETCH_SECONDS=${FETCH_SECONDS}`,
    `WANTED_SECONDS=${BAKE_INSTALL_S / 2}`,
    `readonly RUNNER_SHA256=${quoted(archive.sha256)}`,
    `readonly RUNNER_URLS=${list(urls)}`,
    `readonly PACKAGES=${list([...packages, ...bake.packages])}`,
    `readonly PROXY_ENVIRONMENT=${list(assignments(proxyEnvironment(proxyOf(proxy), urls)))}`,
    `readonly BAKE_SCRIPT=${quoted(bake.script ?? '')}`,
    ...[docker ? scripts.docker : '', scripts.install, scripts.bake].map(withoutComments),
  ].join('\n');
}

const testScript = (release: RunnerRelease, config: Config, scripts: BakeScripts): string =>
  [...header(release, config, scripts), withoutComments(scripts.bakeTest)].join('\n');

/** Where images are baked: the first placement; the others get copies. */
export function bakeryOf({ placements }: Pick<Config, 'placements'>): Config['placements'][number] {
  const [first] = placements;
  if (first === undefined) throw new Error('runners.yaml has no placement');
  return first;
}

/** One command of one line: Image Builder docs, "Commands supported by Image Builder", Dockerfile format. */
function contentOf(name: string, script: string): string {
  const packed = gzipSync(script, { level: 9 }).toString('base64');
  const file = '/root/ci-runner-bake.sh';
  const command = `RUN echo ${packed} | base64 --decode | gzip --decompress >${file} && bash -c 'trap "rm --force ${file}" EXIT; bash ${file}'`;
  const bytes = Buffer.byteLength(command);
  if (bytes > BAKE_CONTENT_MAX_BYTES)
    throw new RangeError(
      `image ${name}: its build has ${bytes} bytes, ${BAKE_CONTENT_MAX_BYTES} at most: shorten images.${name}.bake.script`,
    );
  return `${command}\n`;
}
