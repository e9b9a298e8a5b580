/** Strings in order: quick to add to, to take from, and to walk both ways from any point. */

const CHUNK_MAX = 512;

export class SortedKeys {
  /** Each in order, and in order among themselves; none is empty. */
  #chunks: string[][] = [];

  add(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      return;
    }
    const place = firstFrom(chunk, key);
    if (chunk[place] === key) return;
    chunk.splice(place, 0, key);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  delete(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const place = firstFrom(chunk, key);
    if (chunk[place] !== key) return;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** From `start` (included) up to `end` (not included). */
  *upwards(start: string, end: string): Generator<string> {
    for (let at = this.#chunkOf(start); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] as string[];
      for (let place = firstFrom(chunk, start); place < chunk.length; place++) {
        const key = chunk[place] as string;
        if (key >= end) return;
        yield key;
      }
    }
  }

  /** From `start` (included) down to `end` (not included). */
  *downwards(start: string, end: string): Generator<string> {
    for (let at = Math.min(this.#chunkOf(start), this.#chunks.length - 1); at >= 0; at--) {
      const chunk = this.#chunks[at] as string[];
      const from = firstFrom(chunk, start);
      for (let place = chunk[from] === start ? from : from - 1; place >= 0; place--) {
        const key = chunk[place] as string;
        if (key <= end) return;
        yield key;
      }
    }
  }

  /** The last chunk that begins at or before the key, or the first. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.[0] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Index of the first that is not before the key. */
function firstFrom(chunk: readonly string[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chunk[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
