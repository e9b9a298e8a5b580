/** A person who answers set-up's questions: by the beginning of each, else by its own default, or yes. */
import type { Ask } from '../../../cli/setup/world.ts';

/** A list is answered one after the other. */
export type Answered = Map<string, string | boolean | string[]>;

interface Asked {
  readonly answers: Answered;
  readonly github: { install(login: string): unknown };
}

export function askOf({ answers, github }: Asked, at: (name: string) => void): Ask {
  const given = (message: string) => {
    const found = [...answers].find(([begin]) => message.startsWith(begin))?.[1];
    return Array.isArray(found) ? found.shift() : found;
  };
  return {
    async text(message, options) {
      at(message);
      const text = String(given(message) ?? options.default ?? '');
      const checked = options.check?.(text) ?? true;
      if (checked !== true) throw new Error(`${message}: ${text} is refused: ${checked}`);
      return text;
    },
    async choose(message, choices) {
      at(message);
      const wanted = given(message) ?? choices[0]?.value;
      const found = choices.find(({ value }) => value === wanted);
      if (found === undefined) throw new Error(`${message}: there is no choice ${wanted}`);
      return found.value;
    },
    async confirm(message) {
      at(message);
      if (message.startsWith('It is not installed') && given(message) === undefined) github.install('my-org');
      return given(message) !== false;
    },
  };
}
