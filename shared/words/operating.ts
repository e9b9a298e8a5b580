/** What those read who install a deployment and look after it: all that is said of jobs, and set-up's and doctor's own sentences. Apart, as functions need none of these. */

import { DOCTOR } from './chinese/doctor.ts';
import { CHECKS_IN_CHINESE, DOCTOR_GITHUB } from './chinese/doctor-github.ts';
import { SETUP } from './chinese/setup.ts';
import { CATALOGUE } from './chinese.ts';
import type { Language } from './language.ts';
import { type Catalogue, type Translate, translatorOf } from './translate.ts';

export const OPERATING: Catalogue = { ...CATALOGUE, ...DOCTOR, ...DOCTOR_GITHUB, ...SETUP };

/** A check of doctor's by its name; and, in “skipped: needs …”, another one. */
export interface OperatingWords {
  readonly language: Language;
  readonly say: Translate;
  readonly nameOf: Translate;
}

const AS_IT_IS: OperatingWords = { language: 'en', say: (text) => text, nameOf: (name) => name };

const inChinese: OperatingWords = {
  language: 'zh-CN',
  say: translatorOf(OPERATING),
  nameOf: (name) => CHECKS_IN_CHINESE[name] ?? name,
};

export const operatingWords = (language: Language): OperatingWords =>
  language === 'en' ? AS_IT_IS : inChinese;
