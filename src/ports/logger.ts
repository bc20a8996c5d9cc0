/** Where a step says what it does. The edge maps it to the runner's log commands; tests keep it in memory. */
export interface Logger {
  /** Opens a named phase; everything logged until `end` belongs to it. */
  group<T>(title: string, phase: () => Promise<T>): Promise<T>;
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  /** Progress of long work: `done` of `total`, with what is being counted. Safe to call often. */
  progress(label: string, done: number, total: number): void;
}

export const silentLogger: Logger = {
  group: (_title, phase) => phase(),
  info: () => undefined,
  warn: () => undefined,
  debug: () => undefined,
  progress: () => undefined,
};
