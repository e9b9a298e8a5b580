/** What a command says in the language of the terminal. JSON stays English: it is for programs. */
import { inChinese } from './chinese.ts';
import { type Language, languageOf } from './language.ts';
import type { Translate } from './translate.ts';

export const asItIs: Translate = (text) => text;

export const wordsOf = (env: Parameters<typeof languageOf>[0], preferred?: Language): Translate =>
  languageOf(env, preferred) === 'en' ? asItIs : inChinese;
