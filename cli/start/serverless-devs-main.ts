import { main } from './serverless-devs.ts';

process.exitCode = await main(process.argv.slice(2), process.env, process.cwd());
