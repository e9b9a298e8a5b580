/** What set-up needs of the world. */
import type { GitHubRequest } from '../../shared/adapters/github/request.ts';
import type { OperatingWords } from '../../shared/words/operating.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import type { ProgressFile } from './progress.ts';

export interface Ask {
  text(
    message: string,
    options: { readonly default?: string; readonly check?: (text: string) => true | string },
  ): Promise<string>;
  choose<Value extends string>(
    message: string,
    choices: readonly { value: Value; name: string }[],
  ): Promise<Value>;
  confirm(message: string): Promise<boolean>;
}

export interface SetupWorld {
  /** Where `runners.yaml`, `.env` and the progress are. */
  readonly root: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly progress: ProgressFile;
  readonly ask: Ask;
  readonly say: (line: string) => void;
  /** For the pages in the browser; `say` and `ask` translate by themselves. */
  readonly words: OperatingWords;
  readonly alibaba: Alibaba;
  /** Zone letters of a region; empty: could not be asked. */
  readonly zonesOf: (region: string) => Promise<readonly string[]>;
  readonly newState: () => string;
  /** GitHub before there is an App: the exchange of the code. */
  readonly convert: (
    baseUrl: string,
    code: string,
  ) => Promise<{ readonly status: number; readonly data: unknown }>;
  /** GitHub as the App, by what `.env` says. */
  readonly github: () => GitHubRequest;
  /** Shows the page to the operator's browser alone; gives what ends that. */
  readonly openDoor: (url: string) => () => void;
  /** Exit code of `npm run deploy`. */
  readonly deploy: () => Promise<number>;
  /** The webhook's address; null: not deployed. */
  readonly webhookUrl: () => Promise<string | null>;
  readonly sleep: (ms: number) => Promise<void>;
}
