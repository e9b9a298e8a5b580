/** A file that cannot be read or written is told by its name, and with what to do: Node's own words are for programmers. Pure. */

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it → change its rights or its owner, or run this as its owner',
  EPERM: 'this user has no right to it → change its rights or its owner, or run this as its owner',
  EISDIR: 'it is a folder → name a file',
  ENOTDIR: 'a part of its path is no folder → name another',
  ENOENT: 'it is not there → look how it is written',
  EROFS: 'that disk is for reading only → run this in a folder that can be written to',
  ENOSPC: 'no room is left on that disk → make some',
  ELOOP: 'its links lead in a circle → name the file itself',
};

/** Null: it is another error. */
export function fileTrouble(error: Error): string | null {
  const { code = '', path } = error as NodeJS.ErrnoException;
  const why = WHY[code];
  // Node leaves the path out of what it could open and not read.
  if (why === undefined || (path === undefined && code !== 'EISDIR')) return null;
  return `${path ?? 'A file'} cannot be used: ${why}.`;
}
