/**
 * The releases that the setup actions download from: `actions/*-versions` with their `hashes.sha256`, and Temurin's with a
 * checksum beside each file. Archives are laid out as the real ones: with `bin` at their root, Temurin's below one folder.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { simActions } from './actions.ts';
import { tarBlock, tarPadded } from './tar.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What a release may lack. */
interface Lacking {
  /** `x64` or `arm64`. */
  readonly archs?: readonly string[];
  readonly hasChecksums?: boolean;
  readonly run?: number;
}

export type SimTools = ReturnType<typeof simTools>;

export function simTools(actions: Pick<ReturnType<typeof simActions>, 'tag'>) {
  /** path → bytes */
  const files = new Map<string, Buffer>();
  const asked: { readonly path: string; readonly from: number }[] = [];
  const put = (path: string, archive: Buffer) => void files.set(path, archive);
  return {
    files,
    asked,
    /** `node`, `python` or `go`. */
    release(
      tool: string,
      version: string,
      { archs = ['x64', 'arm64'], hasChecksums = true, run = 1 }: Lacking = {},
    ): void {
      const tag = `${version}-${run}`;
      actions.tag(`actions/${tool}-versions`, tag);
      const systems = tool === 'python' ? ['22.04-', '24.04-'] : [''];
      const names = archs.flatMap((arch) =>
        systems.map((system) => `${tool}-${version}-linux-${system}${arch}.tar.gz`),
      );
      const folder = `/actions/${tool}-versions/releases/download/${tag}`;
      for (const name of names) put(`${folder}/${name}`, toolArchive(tool, version, name));
      // Get-FileHash writes capitals.
      const lines = names.map(
        (name) => `${sha256(toolArchive(tool, version, name)).toUpperCase()} ${name}\r\n`,
      );
      if (hasChecksums) put(`${folder}/hashes.sha256`, Buffer.from(lines.join('')));
    },
    /** `21.0.4+7` */
    temurin(version: string, { archs = ['x64', 'arm64'], hasChecksums = true }: Lacking = {}): void {
      const [major] = version.split('.');
      actions.tag(`adoptium/temurin${major}-binaries`, `jdk-${version}`);
      const folder = `/adoptium/temurin${major}-binaries/releases/download/jdk-${version.replace('+', '%2B')}`;
      for (const arch of archs) {
        const named = arch === 'arm64' ? 'aarch64' : arch;
        const name = `OpenJDK${major}U-jdk_${named}_linux_hotspot_${version.replace('+', '_')}.tar.gz`;
        const archive = toolArchive('java', version, name);
        put(`${folder}/${name}`, archive);
        if (hasChecksums) put(`${folder}/${name}.sha256.txt`, Buffer.from(`${sha256(archive)}  ${name}\n`));
      }
    },
    /** False: it is not asked for a tool's file. */
    serve(request: IncomingMessage, response: ServerResponse): boolean {
      const path = request.url ?? '';
      if (!/^\/(actions\/[a-z]+-versions|adoptium\/[^/]+)\/releases\/download\//.test(path)) return false;
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      asked.push({ path, from });
      const bytes = files.get(path);
      if (bytes === undefined) response.writeHead(404).end();
      else if (request.headers.range === undefined) response.end(bytes);
      else servePart(bytes, request.headers.range, response);
      return true;
    },
  };
}

function servePart(bytes: Buffer, range: string, response: ServerResponse): void {
  const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(range) ?? [];
  const part = bytes.subarray(Number(from), to === '' ? undefined : Number(to) + 1);
  const headers = { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}` };
  response.writeHead(206, { ...headers, 'content-length': part.length }).end(part);
}

const PROGRAMS: Readonly<Record<string, string>> = { node: 'node', go: 'go', java: 'java' };

/** Its program says which file it came in. */
export function toolArchive(tool: string, version: string, name: string): Buffer {
  const root = tool === 'java' ? `jdk-${version}` : '.';
  const program = PROGRAMS[tool] ?? `python${version.split('.').slice(0, 2).join('.')}`;
  const text = `#!/bin/bash\necho ${name} "$@"\n`;
  const setup = tool === 'java' ? [] : [tarBlock('./setup.sh', '0', 8), tarPadded('exit 1 \n')];
  return gzipSync(
    Buffer.concat([
      ...[tarBlock(`${root}/`, '5', 0), tarBlock(`${root}/bin/`, '5', 0)],
      ...[tarBlock(`${root}/bin/${program}`, '0', text.length), tarPadded(text)],
      ...setup,
      Buffer.alloc(1024),
    ]),
  );
}
