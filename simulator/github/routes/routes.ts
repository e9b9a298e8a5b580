/** The part of GitHub's REST API that a runner fleet needs, by route. */

import { APP_ROUTES } from './app.ts';
import { CHECK_ROUTES } from './checks.ts';
import { HOOK_ROUTES } from './hook.ts';
import { JOB_ROUTES } from './jobs.ts';
import type { Route } from './route.ts';
import { RUNNER_ROUTES } from './runners.ts';

export type { Route } from './route.ts';
export const ROUTES: readonly Route[] = [
  ...APP_ROUTES,
  ...HOOK_ROUTES,
  ...RUNNER_ROUTES,
  ...JOB_ROUTES,
  ...CHECK_ROUTES,
];
