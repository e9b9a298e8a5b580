/**
 * Which release an operator's `node 20` is, where its archives and their checksums lie, and what the setup actions call it:
 * pure. All from the tags of the repositories that these actions download from.
 */
import { TOOL_ARCHS, type ToolFile } from '../../../shared/runner/kept/tools.ts';
import { RELEASES_MAX } from './limits.ts';

export interface ReleaseFile extends Pick<ToolFile, 'folder' | 'version' | 'arch' | 'os'> {
  /** Its file's name, and where that lies, as paths at GitHub. */
  readonly name: string;
  readonly path: string;
  readonly checksumsPath: string;
}

/** A version's numbers, as its tag and its folder have them. */
interface Found {
  readonly tag: string;
  /** Compared one by one: the version's, then the release's. */
  readonly numbers: readonly number[];
  readonly version: string;
  /** In a file's name. */
  readonly named: string;
}

/** actions/python-versions builds for Ubuntu's releases, and setup-python takes no other's (toolkit, manifest.ts, _getOsVersion). */
const PYTHON_SYSTEMS = ['24.04', '22.04'];

/** `node 20` → `actions/node-versions`. */
export function repositoryOf(wanted: string): string {
  const { tool, numbers } = parsed(wanted);
  return tool === 'java' ? `adoptium/temurin${numbers[0]}-binaries` : `actions/${tool}-versions`;
}

/** The newest first; each version's newest release alone. Empty: there is none of it. */
export function releasesOf(wanted: string, tags: readonly string[]): readonly (readonly ReleaseFile[])[] {
  const { tool, numbers } = parsed(wanted);
  const found = tags
    .flatMap((tag) => (tool === 'java' ? temurin(tag) : ofActions(tag)))
    .filter((each) => numbers.every((number, at) => each.numbers[at] === number))
    .sort((one, other) => compare(other.numbers, one.numbers));
  const newest = found.filter(({ version }, at) => found[at - 1]?.version !== version).slice(0, RELEASES_MAX);
  return newest.map((each) => (tool === 'java' ? temurinFiles(each) : actionsFiles(tool, each)));
}

/** Of a line `HASH NAME`, in either case. Null: that file has none. */
export function checksumIn(text: string, name: string): string | null {
  for (const [, hash = '', of] of text.matchAll(/^([0-9a-fA-F]{64})\s+\*?(\S+)\s*$/gm))
    if (of === name) return hash.toLowerCase();
  return null;
}

function parsed(wanted: string) {
  const [tool = '', version = ''] = wanted.split(' ');
  const [, parts = '', build] = /^([0-9.]+)(?:\+(\d+))?$/.exec(version) ?? [];
  const numbers = parts.split('.').map(Number);
  // A build belongs to a whole version: the fourth number is of its own (11.0.14.1).
  return { tool, numbers: build === undefined ? numbers : [...padded(numbers), Number(build)] };
}

const padded = (numbers: readonly number[]): number[] => [0, 1, 2].map((at) => numbers[at] ?? 0);

/** `20.11.1-7917404474`: the version, and the run that built it. Those before a version's release have a word in it. */
function ofActions(tag: string): Found[] {
  const [, version, run, more] = /^(\d+\.\d+\.\d+)-(\d+)(?:\.(\d+))?$/.exec(tag) ?? [];
  if (version === undefined) return [];
  const numbers = [...version.split('.'), run, more ?? 0].map(Number);
  return [{ tag, numbers, version, named: version }];
}

function actionsFiles(tool: string, { tag, version }: Found): ReleaseFile[] {
  const folder = tool === 'python' ? 'Python' : tool;
  const path = `/actions/${tool}-versions/releases/download/${tag}`;
  const systems = tool === 'python' ? PYTHON_SYSTEMS : [null];
  return TOOL_ARCHS.flatMap((arch) =>
    systems.map((system) => {
      const name = `${tool}-${version}-linux-${system === null ? '' : `${system}-`}${arch}.tar.gz`;
      const os = system === null ? null : `ubuntu${system}`;
      // versions-package-tools, build-tool-packages.yml, "Generate hash for packages".
      return {
        folder,
        version,
        arch,
        os,
        name,
        path: `${path}/${name}`,
        checksumsPath: `${path}/hashes.sha256`,
      };
    }),
  );
}

/**
 * `jdk-21.0.4+7`, `jdk-11.0.14.1+1`, `jdk-21+35`, `jdk8u422-b05`. The folder is the version as semver, whose build is the
 * fourth number's hundreds, with - for + (setup-java, base-installer.ts, getToolcacheVersionName).
 */
function temurin(tag: string): Found[] {
  const old = /^jdk8u(\d+)-b(\d+)$/.exec(tag);
  if (old !== null) {
    const [update, build] = [Number(old[1]), Number(old[2])];
    return [
      {
        tag,
        numbers: [8, 0, update, build],
        version: `8.0.${update}-${build}`,
        named: `8u${old[1]}b${old[2]}`,
      },
    ];
  }
  const [, version, last] = /^jdk-(\d+(?:\.\d+){0,3})\+(\d+)$/.exec(tag) ?? [];
  if (version === undefined || last === undefined) return [];
  const parts = version.split('.').map(Number);
  const build = (parts[3] ?? 0) * 100 + Number(last);
  const numbers = [...padded(parts), build];
  return [{ tag, numbers, version: `${padded(parts).join('.')}-${build}`, named: `${version}_${last}` }];
}

const AT_ADOPTIUM = { x64: 'x64', arm64: 'aarch64' } as const;

function temurinFiles({ tag, version, named, numbers: [major] }: Found): ReleaseFile[] {
  const path = `/adoptium/temurin${major}-binaries/releases/download/${encodeURIComponent(tag)}`;
  return TOOL_ARCHS.map((arch) => {
    const name = `OpenJDK${major}U-jdk_${AT_ADOPTIUM[arch]}_linux_hotspot_${named}.tar.gz`;
    const file = { folder: 'Java_Temurin-Hotspot_jdk', version, arch, os: null, name };
    return { ...file, path: `${path}/${name}`, checksumsPath: `${path}/${name}.sha256.txt` };
  });
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((each, index) => each !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
