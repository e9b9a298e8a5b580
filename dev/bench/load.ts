/** How long each bundle takes to load, over and above what Node takes for an empty module. */
import { pathToFileURL } from 'node:url';
import { ENVIRONMENT, numberFrom } from './child.ts';
import { type Bench, median } from './row.ts';

const RUNS = 7;
const EMPTY = 'data:text/javascript,';

export const load: Bench = {
  title: 'Load of each bundle over bare Node, fresh process',
  async run({ bundles }) {
    const bareMs = median(await loadsMs(EMPTY));
    const rows = [{ what: 'Node alone: an empty module', median: bareMs, unit: 'ms' as const, runs: RUNS }];
    for (const { name, path } of bundles) {
      const ms = median(await loadsMs(pathToFileURL(path).href)) - bareMs;
      rows.push({ what: name, median: ms, unit: 'ms', runs: RUNS });
    }
    return rows;
  },
};

async function loadsMs(url: string): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run++) values.push(await loadMs(url));
  return values;
}

/** How long a fresh process takes to import it. */
export function loadMs(url: string): Promise<number> {
  const script = `const from = performance.now();
    await import(${JSON.stringify(url)});
    process.stdout.write(String(performance.now() - from), () => process.exit());`;
  return numberFrom(script, ENVIRONMENT);
}
