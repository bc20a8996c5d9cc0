/**
 * How long the rest takes if it goes on as fast as so far, as text: "at most 40 s", "at most 3 min". Training often stops sooner, never later.
 * Undefined before anything is done.
 * @param elapsed milliseconds spent on the `done` of `total`
 */
export function timeLeft({ elapsed, done, total }: { readonly elapsed: number; readonly done: number; readonly total: number }): string | undefined {
  if (done <= 0) return undefined;
  const seconds = Math.ceil(((elapsed / done) * Math.max(0, total - done)) / 1000);
  return seconds < 120 ? `at most ${seconds} s` : `at most ${Math.ceil(seconds / 60)} min`;
}
