/** What people read, in Chinese. */
import { ALERTS } from './chinese/alerts.ts';
import { REASONS } from './chinese/reasons.ts';
import { STORIES } from './chinese/stories.ts';
import { type Catalogue, translatorOf } from './translate.ts';

export const CATALOGUE: Catalogue = { ...ALERTS, ...REASONS, ...STORIES };

export const inChinese = translatorOf(CATALOGUE);
