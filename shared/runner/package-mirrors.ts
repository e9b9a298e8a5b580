/** What a machine is told of package mirrors: pure. */
import { type MirroredTool, mirrorChoice, type PackageMirrorsConfig } from '../config/package-mirrors.ts';

export interface MirrorFile {
  readonly tool: string;
  readonly url: string;
  /** The first is the one that is written. Each that is there, or has the word behind its `=`, speaks for the image. */
  readonly files: readonly string[];
  readonly text: string;
}

export interface MachineMirrors {
  readonly files: readonly MirrorFile[];
  /** In place of the distribution's host, above `/ubuntu`, `/ubuntu-ports`, `/debian`, `/debian-security`. */
  readonly apt: string | null;
  /** Of Docker Hub; it gives way to the image's own. */
  readonly docker: string | null;
}

/** Reached from any VPC, without a way out and without traffic; only by http. Stock images have it for apt and for root's pip. */
const INSIDE = 'http://mirrors.cloud.aliyuncs.com';

/**
 * Alibaba Cloud's (developer.aliyun.com/mirror). cargo's index names an https host for its downloads, and Maven wants https, so
 * both have the outer one. Not there: npm's, whose host is not Alibaba Cloud's, and Docker Hub's, which is an address of
 * each account's own.
 */
const ALIYUN: Readonly<Record<MirroredTool, string | null>> = {
  npm: null,
  pip: `${INSIDE}/pypi/simple/`,
  go: `${INSIDE}/goproxy/`,
  maven: 'https://maven.aliyun.com/repository/public',
  cargo: 'https://mirrors.aliyun.com/crates.io-index/',
  apt: INSIDE,
  docker: null,
};

type Written = (url: string) => Pick<MirrorFile, 'files' | 'text'>;

/** Where each tool reads it. */
const WRITTEN: Readonly<Record<Exclude<MirroredTool, 'apt' | 'docker'>, Written>> = {
  npm: (url) => ({
    files: ['~/.npmrc', '/etc/npmrc=registry', '/usr/etc/npmrc=registry', '/usr/local/etc/npmrc=registry'],
    text: `registry=${url}`,
  }),
  pip: (url) => ({
    files: [
      '~/.config/pip/pip.conf',
      '~/.pip/pip.conf',
      '/etc/pip.conf=index-url',
      '/etc/xdg/pip/pip.conf=index-url',
    ],
    text: `[global]\nindex-url = ${url}${isPlain(url) ? `\ntrusted-host = ${new URL(url).hostname}` : ''}`,
  }),
  // A mirror that fails is passed over. The checksums of modules come from Google's host in China (cmd/go, modfetch/key.go).
  go: (url) => ({
    files: ['~/.config/go/env'],
    text: `GOPROXY=${url}|direct${url === ALIYUN.go ? '\nGOSUMDB=sum.golang.google.cn' : ''}`,
  }),
  maven: (url) => ({
    files: [
      '~/.m2/settings.xml',
      // Debian's and Fedora's: their other one is a link to it.
      ...['central', '*'].map((of) => `/etc/maven/settings.xml=<mirrorOf>${of}<`),
    ],
    text: `<settings><mirrors><mirror><id>ci</id><mirrorOf>central</mirrorOf><url>${url}</url></mirror></mirrors></settings>`,
  }),
  cargo: (url) => ({
    files: ['~/.cargo/config.toml', '~/.cargo/config'],
    text: `[source.crates-io]\nreplace-with = "ci"\n[source.ci]\nregistry = "sparse+${url}"`,
  }),
};

export function machineMirrors(region: string, mirrors: PackageMirrorsConfig): MachineMirrors {
  const urlOf = (tool: MirroredTool): string | null => {
    const choice = mirrorChoice(tool, region, mirrors);
    if (choice === 'none') return null;
    return choice === 'aliyun' ? ALIYUN[tool] : choice;
  };
  const files = (Object.keys(WRITTEN) as (keyof typeof WRITTEN)[]).flatMap((tool): MirrorFile[] => {
    const url = urlOf(tool);
    return url === null ? [] : [{ tool, url, ...WRITTEN[tool](url) }];
  });
  return { files, apt: urlOf('apt')?.replace(/\/+$/, '') ?? null, docker: urlOf('docker') };
}

export const hasMirrors = ({ files, apt, docker }: MachineMirrors): boolean =>
  files.length > 0 || apt !== null || docker !== null;

const isPlain = (url: string): boolean => url.startsWith('http:');

/** What the machine is told to fetch from; `registry`: another one than the mirrors'. */
export const mirrorUrls = ({ files, apt, docker }: MachineMirrors, registry: string | null): string[] =>
  [...files.map(({ url }) => url), apt, docker, registry].filter((url) => url !== null);
