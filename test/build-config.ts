import type { Config } from '../shared/config/config.ts';
import { parseConfig } from '../shared/config/parse.ts';

const parsed = parseConfig({
  repositories: { allow: ['my-org/*'] },
  placements: [
    { region: 'cn-hangzhou', vpc: 'vpc-test1', zones: { b: 'vsw-test1' }, securityGroup: 'sg-test1' },
  ],
});
if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));

/** A small configuration that is right. */
export const CONFIG: Config = parsed.config;
