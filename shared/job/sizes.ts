/** Cores, memory and disk as labels, profiles and defaults write them. Pure. */
import type { Arch, Requirements } from '../nouns.ts';
import { Refusal } from './label-words.ts';

const MEMORY_PER_CORE_GIB: Record<Arch, number> = { amd64: 1, arm64: 2 };

function rangeOf(text: string | number, what: string): { min: number; max: number } {
  const [min, max = min] = String(text).split('-').map(Number) as [number, number?];
  if (min < 1) throw new Refusal(`it asks for no ${what}`);
  if (Math.max(min, max) > 9_999) throw new Refusal(`it asks for more than 9999 ${what}`);
  if (max < min)
    throw new Refusal(`it asks for ${what} from ${min} down to ${max}: write the smaller number first`);
  return { min, max };
}

/** `8+` has no upper end. */
export function coresOf(text: string | number): Requirements['cpu'] {
  const isOpen = String(text).endsWith('+');
  const { min, max } = rangeOf(isOpen ? String(text).slice(0, -1) : text, 'cores');
  return { min, max: isOpen ? null : max };
}

/** Where no label says it. A machine that may have more cores than were asked must not be short of memory for them. */
export function memoryFor({ min, max }: Requirements['cpu'], arch: Arch): Requirements['memoryGiB'] {
  const perCore = MEMORY_PER_CORE_GIB[arch];
  return { min: min * perCore, max: null, ...(max === null ? { perCore } : {}) };
}

/** `16gb` means 16 at least; `16-64gb` both ends. */
export function memoryOf(text: string | number): { min: number; max: number | null } {
  const { min, max } = rangeOf(text, 'GiB of memory');
  return { min, max: String(text).includes('-') ? max : null };
}

export function diskOf(text: string | number): number {
  const size = Number(text);
  if (size < 20 || size > 2048) throw new Refusal('its disk must have 20 to 2048 GiB');
  return size;
}
