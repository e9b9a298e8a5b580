import { heedProxies } from './shared/proxy.ts';
import { quietlyWithoutReader } from './shared/screen/no-reader.ts';
import { run } from './verbs.ts';

heedProxies(process.env);
quietlyWithoutReader(process.stdout);
quietlyWithoutReader(process.stderr);

process.exitCode = await run(process.argv.slice(2));
