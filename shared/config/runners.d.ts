/** The operator's parsed `runners.yaml`, which the build bundles with each function (`build.ts`). */
declare module 'config:runners' {
  const config: import('./config.ts').Config;
  export default config;
}
