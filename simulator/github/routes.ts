/** The part of GitHub's REST API that a runner fleet needs, by route. */

import type { Route } from './route.ts';
import { APP_ROUTES } from './routes-app.ts';
import { HOOK_ROUTES } from './routes-hook.ts';
import { JOB_ROUTES } from './routes-jobs.ts';
import { RUNNER_ROUTES } from './routes-runners.ts';

export type { Route } from './route.ts';
export const ROUTES: readonly Route[] = [...APP_ROUTES, ...HOOK_ROUTES, ...RUNNER_ROUTES, ...JOB_ROUTES];
