/** The archives of one tool's version, each with the checksum that is published for it. */
import { TOOL_ARCHS, type ToolFile } from '../../../shared/runner/kept/tools.ts';
import { tagsIn } from '../actions/refs.ts';
import { read } from '../json.ts';
import type { MirrorWorld } from '../world.ts';
import { CHECKSUMS_MAX_BYTES, TAGS_MAX_BYTES, TAGS_MAX_MS, TOOL_MAX_BYTES } from './limits.ts';
import { checksumIn, type ReleaseFile, releasesOf, repositoryOf } from './releases.ts';

/**
 * For each architecture, and each system where these differ, the newest release that has one. What is published without a
 * checksum is not kept. Throws when GitHub cannot be asked.
 */
export async function find(wanted: string, gitHub: string, world: MirrorWorld): Promise<readonly ToolFile[]> {
  const url = `${gitHub}/${repositoryOf(wanted)}.git/info/refs?service=git-upload-pack`;
  const advertised = await read(url, TAGS_MAX_BYTES, TAGS_MAX_MS, world);
  const tags = tagsIn(advertised.toString('latin1')).map(({ name }) => name);
  const found = new Map<string, ToolFile>();
  const texts = new Map<string, string | null>();
  for (const release of releasesOf(wanted, tags))
    for (const file of release) {
      const slot = slotOf(file);
      const there = found.has(slot) ? null : await proven(wanted, file, gitHub, texts, world);
      if (there !== null) found.set(slot, there);
    }
  return [...found.values()];
}

export const slotOf = ({ arch, os }: Pick<ToolFile, 'arch' | 'os'>): string => `${arch} ${os}`;

/** As `missing` says it. */
export const lackingOf = (wanted: string, files: readonly ToolFile[]): string[] => {
  const lacking = TOOL_ARCHS.filter((arch) => !files.some((file) => file.arch === arch));
  return lacking.length === TOOL_ARCHS.length ? [wanted] : lacking.map((arch) => `${wanted} for ${arch}`);
};

/** Null: it is not there, or nothing is published to prove it by; or not yet. */
async function proven(
  wanted: string,
  { name, path, checksumsPath, folder, version, arch, os }: ReleaseFile,
  gitHub: string,
  texts: Map<string, string | null>,
  world: MirrorWorld,
): Promise<ToolFile | null> {
  const asked = texts.get(checksumsPath);
  const text = asked === undefined ? await checksumsAt(`${gitHub}${checksumsPath}`, world) : asked;
  texts.set(checksumsPath, text);
  const sha256 = text === null ? null : checksumIn(text, name);
  if (sha256 === null) return null;
  const url = `${gitHub}${path}`;
  const sizeBytes = await world.weigh(url).catch(nullIfAbsent);
  if (sizeBytes === null) return null;
  if (sizeBytes > TOOL_MAX_BYTES)
    throw new Error(`${name} has ${sizeBytes} bytes, ${TOOL_MAX_BYTES} at most`);
  // A version may be built anew, under the same names: machines still go by the list of the one before.
  const key = `tools/${folder}/${version}/${sha256.slice(0, 12)}/${name}`;
  return { wanted, folder, version, arch, os, key, url, sha256, sizeBytes };
}

const checksumsAt = (url: string, world: MirrorWorld): Promise<string | null> =>
  read(url, CHECKSUMS_MAX_BYTES, TAGS_MAX_MS, world)
    .then((bytes) => bytes.toString('utf8'))
    .catch(nullIfAbsent);

/** In the words of shared/adapters/github/download.ts. */
function nullIfAbsent(error: unknown): null {
  if (error instanceof Error && / answered 404$/.test(error.message)) return null;
  throw error;
}
