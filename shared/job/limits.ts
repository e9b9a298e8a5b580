/** Bounds of a job that is handed on, and of what is remembered of matrices, with the unit last in the name. */

/** Of so many it is known how many of their jobs run at once (60 kB), and a warm launcher asks for it again after this. */
export const WIDTHS_MAX = 2_000;
export const WIDTHS_KEPT_MS = 60_000;
/** Of a matrix of which no run was seen yet so many are launched for first: a wider one waits a boot longer, once. */
export const MATRIX_FIRST = 4;
/** A limit that was seen so lately is not tried again with one runner more. */
export const MATRIX_PROVEN_MS = 3_600_000;
/** A job in what is handed on: a sweep reads all that wait at once, and who may push may have thousands. Usual is a tenth. */
export const JOB_MAX_BYTES = 4 * 1024;
