/** GitHub's side of actions as the mirror and a runner see it: what a repository advertises, and its archives by commit. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { tarBlock as block, tarPadded as padded } from './tar.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

export function simActions() {
  /** action → tag → commit */
  const tags = new Map<string, Map<string, string>>();
  const asked: string[] = [];
  let spoil: ((archive: Buffer) => Buffer) | null = null;
  return {
    asked,
    /** All of them name one new commit; the last is an annotated tag. */
    tag(action: string, ...names: string[]): string {
      const own = tags.get(action) ?? new Map<string, string>();
      const commit = sha1(`${action} ${names.join(' ')}`);
      for (const name of names) own.set(name, commit);
      tags.set(action, own);
      return commit;
    },
    spoil(how: typeof spoil): void {
      spoil = how;
    },
    /** False: it is not asked for an action. */
    serve(path: string, response: ServerResponse): boolean {
      const [, of = '', isRefs, commit] = PATH.exec(path) ?? [];
      if (isRefs === undefined && commit === undefined) return false;
      asked.push(path);
      const body = commit === undefined ? refsOf(tags.get(of)) : archiveOf(of, commit);
      if (body === null) response.writeHead(404).end();
      else response.end(body);
      return true;
    },
  };

  function archiveOf(action: string, commit: string): Buffer | null {
    if (![...(tags.get(action)?.values() ?? [])].includes(commit)) return null;
    const archive = actionArchive(action, commit);
    return spoil === null ? archive : spoil(archive);
  }
}

const PATH =
  /^\/([^/]+\/[^/]+?)(?:(\.git\/info\/refs\?service=git-upload-pack)|\/archive\/([0-9a-f]{40})\.tar\.gz)$/;

const refsOf = (own: ReadonlyMap<string, string> | undefined): string | null =>
  own === undefined ? null : advertised(own);

/** gitprotocol-http, "Smart Server Response": packets with their length in front, tags that are objects named twice. */
function advertised(own: ReadonlyMap<string, string>): string {
  const packet = (line: string) => `${(line.length + 4).toString(16).padStart(4, '0')}${line}`;
  const lines = [...own].flatMap(([name, commit], at) =>
    at % 2 === 0
      ? [`${commit} refs/tags/${name}\n`]
      : [`${sha1(`tag ${name}`)} refs/tags/${name}\n`, `${commit} refs/tags/${name}^{}\n`],
  );
  const head = `${'0'.repeat(40)} capabilities^{}\0multi_ack agent=git/github\n`;
  const pull = `${'1'.repeat(40)} refs/pull/7/head\n`;
  return [
    packet('# service=git-upload-pack\n'),
    '0000',
    packet(head),
    packet(pull),
    ...lines.map(packet),
    '0000',
  ].join('');
}

/** One folder inside, and git's word of the commit in front (git-archive, pax header). */
export function actionArchive(action: string, commit: string): Buffer {
  const folder = `${action.split('/')[1]}-${commit}`;
  const text = `name: ${action}\nruns: {using: composite, steps: []}\n`;
  const comment = `52 comment=${commit}\n`;
  return gzipSync(
    Buffer.concat([
      ...[block('pax_global_header', 'g', comment.length), padded(comment)],
      block(`${folder}/`, '5', 0),
      ...[block(`${folder}/action.yml`, '0', text.length), padded(text)],
      Buffer.alloc(1024),
    ]),
  );
}
