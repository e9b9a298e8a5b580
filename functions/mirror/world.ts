import type { Clock, Log } from '../../shared/ports.ts';
import type { Bucket, Bundle } from '../../shared/runner/copies.ts';
import type { ToolList } from '../../shared/runner/kept/tools.ts';

/** An archive as it was ordered, and where it is kept. */
export interface Archive {
  readonly key: string;
  /** At GitHub. */
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Where an archive comes from. */
export interface Source {
  readonly name: string;
  /** From that byte to the end. Throws when it has none, or the bytes stop coming. */
  open(archive: Archive, fromByte: number): Promise<AsyncIterable<Uint8Array>>;
}

export interface MirrorWorld {
  /** Of this function's region; null: it has none. */
  readonly bucket: Bucket | null;
  /** In the order in which they are tried. */
  readonly sources: readonly Source[];
  /** From GitHub; throws when it does not come, within so long. */
  readonly fetchFile: (url: string, maxMs: number) => Promise<AsyncIterable<Uint8Array>>;
  /** How many bytes a file of GitHub's has; throws when it is not there. */
  readonly weigh: (url: string) => Promise<number>;
  /** What the source has of the actions; null: this is the source. */
  readonly sourceBundle: (() => Promise<Bundle | null>) | null;
  /** And of the tools. */
  readonly sourceTools: (() => Promise<ToolList | null>) | null;
  readonly clock: Clock;
  readonly log: Log;
}
