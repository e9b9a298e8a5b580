/**
 * The `configuration.mjs` of a release, beside code that is the same for everybody. Checked at each start, as no deploy
 * has: a function with a mistake in its configuration does not start, and says why.
 */
import { readConfiguration } from '../../infra/one-click/configuration.ts';

export default readConfiguration(process.env);
