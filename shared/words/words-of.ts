/** What a command says in the language of the terminal. JSON stays English: it is for programs. */
import { inChinese } from './chinese.ts';
import { languageOf } from './language.ts';
import type { Translate } from './translate.ts';

export const asItIs: Translate = (text) => text;

export const wordsOf = (env: Parameters<typeof languageOf>[0]): Translate =>
  languageOf(env) === 'en' ? asItIs : inChinese;
