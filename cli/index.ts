import { run } from './verbs.ts';

process.exitCode = await run(process.argv.slice(2));
