/** What a program switched on at a terminal and could not switch off, because it was cut off: `top`'s hidden cursor, an editor's second screen. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SEQUENCE = /\u001b\[\?(\d[\d;]*)([hl])/g;
/** A sequence may be cut between two writes. */
const TAIL_CHARS = 32;
/** Lines wrap, the cursor is seen. All others are off by themselves (xterm's "Private Mode Set"). */
const ON_BY_DEFAULT = new Set(['7', '25']);

export interface Modes {
  seen(bytes: Uint8Array): void;
  /** Puts back what is not as it was; styles always. */
  undo(): string;
}

export function screenModes(): Modes {
  const isOn = new Map<string, boolean>();
  let tail = '';
  return {
    seen(bytes) {
      const text = tail + Buffer.from(bytes).toString('latin1');
      for (const [, modes = '', word] of text.matchAll(SEQUENCE))
        for (const mode of modes.split(';')) isOn.set(mode, word === 'h');
      tail = text.slice(-TAIL_CHARS);
    },
    undo() {
      const changed = [...isOn].filter(([mode, on]) => on !== ON_BY_DEFAULT.has(mode));
      return `${changed.map(([mode, on]) => `\u001b[?${mode}${on ? 'l' : 'h'}`).join('')}\u001b[0m`;
    },
  };
}
