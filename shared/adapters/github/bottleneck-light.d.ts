/** The light build (without Redis) carries no types of its own; octokit's throttling plugin bundles the same file. */
declare module 'bottleneck/light.js' {
  import Bottleneck from 'bottleneck';

  export default Bottleneck;
}
