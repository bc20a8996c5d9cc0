/** Milliseconds. What a step began and left behind may still end by itself. */
const patience = 5_000;

/**
 * To be called when all is said and written: whatever still holds the process after a moment, such as the socket of a plugin that was left
 * behind because it did not answer, does not hold the job. The exit code stays what it is.
 */
export function endAnyway(milliseconds = patience): void {
  setTimeout(() => process.exit(), milliseconds).unref();
}
