#!/usr/bin/env node
// `s deploy -y -t FILE`, as `npm run deploy` calls it: see simulator/empty-account/serverless-devs.ts.
import { tsImport } from 'tsx/esm/api';

await tsImport('./serverless-devs-main.ts', import.meta.url);
