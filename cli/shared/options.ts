/** A command's options, or the exit code that its words deserve: 0 for --help, 2 for usage. */
import { type Command, CommanderError, type Help, InvalidArgumentError, type Option } from 'commander';
import { complain, HELP_OUTPUT } from './screen/show.ts';

export function parseOptions<Options>(command: Command, args: readonly string[]): Options | number {
  command
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ optionDescription: describe })
    .configureOutput(HELP_OUTPUT);
  try {
    command.parse([...args], { from: 'user' });
    return command.opts() as Options;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof RangeError) {
      complain(`error: ${error.message}`);
      return 2;
    }
    throw error;
  }
}

/** For commander: a whole number from 1 up. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('A whole number from 1 up is wanted.');
  return value;
}

/** A switch is off unless it is named: that needs no word. */
export function describe(this: Help, option: Option): string {
  const { description, defaultValue, defaultValueDescription } = option;
  if (typeof defaultValue === 'boolean' || defaultValue === undefined) return description;
  return `${description} (default: ${defaultValueDescription ?? String(defaultValue)})`;
}
