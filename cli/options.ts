/** A command's options, or the exit code that its words deserve: 0 for --help, 2 for usage. */
import { type Command, CommanderError } from 'commander';

export function parseOptions<Options>(command: Command, args: readonly string[]): Options | number {
  command.exitOverride().showHelpAfterError('(--help shows what there is)');
  try {
    command.parse([...args], { from: 'user' });
    return command.opts() as Options;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof RangeError) {
      process.stderr.write(`error: ${error.message}\n`);
      return 2;
    }
    throw error;
  }
}
