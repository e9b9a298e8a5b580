/** A slow way to GitHub for one machine, beside a fast one to its region: by tc's HTB and nft's numgen; this needs no netem. */
import { run } from '../../../simulator/machine/commands.ts';
import { CLOUD_ADDRESS } from '../../../simulator/machine/network.ts';
import { RUNNER_PORT } from '../cloud.ts';

/** Where machines find GitHub: the cloud by another name, so that its bytes can be told apart. */
export const GITHUB_ADDRESS = '10.213.0.2';

/** Both ways lose so many of a hundred packets of GitHub's. */
export async function splitWays(lossPercent: number): Promise<void> {
  await run('ip', 'address', 'add', `${GITHUB_ADDRESS}/24`, 'dev', 'ci-cloud');
  await nft('add table ip link');
  await nft('add chain ip link to { type nat hook prerouting priority -100; }');
  await nft(`add rule ip link to ip daddr ${GITHUB_ADDRESS} dnat to ${CLOUD_ADDRESS}`);
  await nft('add chain ip link in { type filter hook input priority 0; }');
  await nft(`add rule ip link in ct original ip daddr ${GITHUB_ADDRESS} ${lost(lossPercent)}`);
  await nft('add chain ip link out { type route hook output priority 0; }');
  await nft(`add rule ip link out ct original ip daddr ${GITHUB_ADDRESS} meta priority set 1:20`);
  await nft(`add rule ip link out tcp sport ${RUNNER_PORT} meta priority set 1:20`);
}

/** Of the machine of that number, once it has its cable. */
export async function slowDown(number: number, kbytes: number, lossPercent: number): Promise<void> {
  const cable = `ci-m${number}h`;
  const htb = ['dev', cable, 'parent', '1:', 'classid'];
  const root = ['qdisc', 'add', 'dev', cable, 'root', 'handle', '1:', 'htb', 'default', '10'];
  for (let tries = 0; !(await isDone('tc', ...root)); tries++) {
    if (tries > 500) throw new Error(`machine ${number} has no cable`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await run('tc', 'class', 'add', ...htb, '1:10', 'htb', 'rate', '800mbit');
  await run('tc', 'class', 'add', ...htb, '1:20', 'htb', 'rate', `${kbytes * 8}kbit`);
  const inside = (...words: readonly string[]) =>
    run('ip', 'netns', 'exec', `ci-m${number}`, 'nft', ...words);
  await inside('add table ip link');
  await inside('add chain ip link in { type filter hook prerouting priority 0; }');
  await inside(`add rule ip link in ip saddr ${GITHUB_ADDRESS} ${lost(lossPercent)}`);
}

const isDone = (command: string, ...args: readonly string[]): Promise<boolean> =>
  run(command, ...args).then(
    () => true,
    () => false,
  );
const lost = (percent: number) => `numgen random mod 100 < ${percent} drop`;
const nft = (command: string) => run('nft', command);
