#!/usr/bin/env node
// `s deploy -y -t FILE`, as `npm run deploy` calls it: see simulator/empty-account/serverless-devs.ts.
import { tsImport } from 'tsx/esm/api';

const { main } = await tsImport('./serverless-devs.ts', import.meta.url);
process.exitCode = await main(process.argv.slice(2), process.env, process.cwd());
