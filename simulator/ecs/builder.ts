/** What Image Builder has in one account. */
import type { Params } from './parameters.ts';
import type { Image } from './region/network.ts';

/**
 * What the next build comes to. `broken`: its test sees nothing, and its machines stop in their boot; `silent`: so that they never
 * come as far as a line of ours.
 */
export type BuildOutcome =
  | 'good'
  | 'broken'
  | 'silent'
  | 'no-network'
  | 'script-fails'
  | 'test-fails'
  | 'no-copies';

export interface Execution {
  readonly id: string;
  readonly atMs: number;
  status: string;
  imageId: string;
  message: string;
}

export interface Pipeline {
  readonly id: string;
  readonly region: string;
  readonly name: string;
  readonly base: Image;
  readonly params: Params;
  readonly executions: Execution[];
}

export interface Builder {
  readonly pipelines: Map<string, Pipeline>;
  /** Of the builds to come, in order; then all are good. */
  readonly outcomes: BuildOutcome[];
  made: number;
}

export const newBuilder = (): Builder => ({ pipelines: new Map(), outcomes: [], made: 0 });
