/** How set-up asks on a terminal, in its language. */
import { input, select } from '@inquirer/prompts';
import pc from 'picocolors';
import type { Translate } from '../../shared/words/translate.ts';
import type { Ask } from './world.ts';

export function prompts(say: Translate): Ask {
  return {
    text: (message, { default: preset, check }) =>
      input({
        message: say(message),
        ...(preset === undefined ? {} : { default: preset }),
        ...(check && { validate: (text) => said(check(text), say) }),
      }),
    choose: (message, choices) =>
      select({
        message: say(message),
        choices: choices.map(({ value, name }) => ({ value, name: say(name) })),
        theme: { style: { keysHelpTip: () => pc.dim(say('↑↓ to move, ⏎ to take')) } },
      }),
    async confirm(message) {
      const text = await input({
        message: `${say(message)} (Y/n)`,
        validate: (typed) => yesOrNo(typed) !== null || say('y for yes, n for no'),
      });
      return yesOrNo(text) === true;
    },
  };
}

const said = (checked: true | string, say: Translate): true | string =>
  checked === true ? true : say(checked);

/** Just Enter is yes. Null: neither; what is meant for a no must not be taken for a yes. */
export function yesOrNo(typed: string): boolean | null {
  const text = typed.trim();
  if (/^(y|yes|是)?$/i.test(text)) return true;
  return /^(n|no|否)$/i.test(text) ? false : null;
}
