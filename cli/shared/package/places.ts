/** Where things are: what is the same for every operator, what is one operator's own, and what commands make of both. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../steps.ts';

/** The repository has the sources of the functions; the package has them built. */
export const IS_PACKAGE = !existsSync(join(ROOT, 'build.ts'));

/** What another process of ours is started by. */
export const PROGRAM = join(ROOT, IS_PACKAGE ? 'packed/cli/spot-runners.mjs' : 'cli/run.mjs');

/** Holds `runners.yaml`, `.env` and keys: in the repository its root, with the package the folder it is run in. */
export const FOLDER = IS_PACKAGE ? process.cwd() : ROOT;

/** What commands keep between them; not in git. */
export const STATE = join(FOLDER, IS_PACKAGE ? '.spot-runners' : '.cache');

/** Below it: `dist/`, `cdk.out/` and `s.yaml` as deployed. All of it can be made again. */
export const MADE = IS_PACKAGE ? STATE : FOLDER;
