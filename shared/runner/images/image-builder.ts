/** What is asked of the service that bakes images, as stories see it. */
import type { Arch, Listing } from '../../nouns.ts';

export interface BuildOrder {
  /** Of the build for ever: asked for twice, it is begun once. */
  readonly name: string;
  readonly image: string;
  readonly arch: Arch;
  readonly base: { readonly family: string } | { readonly id: string };
  readonly buildContent: string;
  readonly testContent: string;
  readonly vSwitch: string;
  /** Null: the service's choice. */
  readonly instanceType: string | null;
  readonly diskGiB: number;
  /** 0: without a public address. */
  readonly bandwidthMbit: number;
  readonly resourceGroup: string | null;
  /** Where copies go. */
  readonly toRegions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface BuildProgress {
  readonly kind: 'runs' | 'built' | 'failed';
  /** The service's own word, such as BUILDING. */
  readonly step: string;
  /** In the region of the build. */
  readonly imageId: string | null;
  readonly because: string | null;
}

/** One of ours, by its tags. */
export interface CloudImage {
  readonly id: string;
  /** The same in each region that has a copy. */
  readonly name: string;
  readonly region: string;
  /** The key of `images:` that it was baked for. */
  readonly image: string;
  readonly isAvailable: boolean;
  /** Takes hardened-only metadata. */
  readonly isHardened: boolean;
  readonly createdAtMs: number;
  readonly sizeGiB: number;
  readonly snapshotIds: readonly string[];
}

export type BuildStart =
  | { readonly kind: 'begun'; readonly executionId: string }
  /** Definite: nothing was begun, and a person has to act. */
  | { readonly kind: 'refused'; readonly because: string };

export type Deletion = 'gone' | 'kept';

export interface ImageBuilder {
  /** Repeatable under the order's name, also when an answer was lost. */
  begin(region: string, order: BuildOrder): Promise<BuildStart>;
  /** Null: there is none of this name. */
  progress(region: string, name: string): Promise<BuildProgress | null>;
  /** Asks for the end of one that runs; harmless when none does. Null: asked, or none runs; else the code of a definite no. */
  cancel(region: string, name: string): Promise<string | null>;
  /** Names of those of ours that exist, by their tag, whether they run or not. */
  builds(region: string): Promise<Listing<string>>;
  /** What a build leaves beside its image; harmless when there is none. */
  forget(region: string, name: string): Promise<void>;
  images(region: string): Promise<Listing<CloudImage>>;
  harden(region: string, id: string): Promise<void>;
  /** 'kept': in use, or not ours to delete. */
  remove(region: string, id: string): Promise<Deletion>;
  removeSnapshot(region: string, id: string): Promise<Deletion>;
}
