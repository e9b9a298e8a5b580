import { heedProxies } from './shared/proxy.ts';
import { run } from './verbs.ts';

heedProxies(process.env);

process.exitCode = await run(process.argv.slice(2));
