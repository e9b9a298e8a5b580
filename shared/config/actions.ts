/** The actions whose archives the mirrors keep, in `runners.yaml`. */
import * as z from 'zod';
import { Tools } from './tools.ts';

/** More than a deployment's workflows use; a bundle of all is bounded by its size, too. */
const ACTIONS_MAX = 60;

/** As GitHub writes it: the runner looks for exactly these letters. Without a ref: the newest tags. */
const ACTION =
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/(?!\.{1,2}(?:@|$))[A-Za-z0-9._-]{1,100}(?:@[A-Za-z0-9][A-Za-z0-9._/-]{0,100})?$/;

export const action = z
  .string()
  .regex(ACTION, 'must be an action such as actions/checkout, or with a tag or commit: actions/checkout@v5');

export const DEFAULT_ACTIONS: readonly string[] = [
  ...['checkout', 'setup-node', 'setup-python', 'setup-java', 'setup-go', 'cache'].map(
    (name) => `actions/${name}`,
  ),
  ...['upload-artifact', 'download-artifact'].map((name) => `actions/${name}`),
  ...['login-action', 'setup-buildx-action', 'setup-qemu-action', 'metadata-action', 'build-push-action'].map(
    (name) => `docker/${name}`,
  ),
];

/** What the mirrors keep beside the runner. */
export const MirrorKeeps = z.strictObject({
  /** [] turns it off. */
  actions: z
    .array(action)
    .max(ACTIONS_MAX)
    .default([...DEFAULT_ACTIONS]),
  /** {}: none. */
  tools: Tools.prefault({}),
});
