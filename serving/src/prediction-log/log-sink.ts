/** Where files of the prediction log go. A file is there as a whole or not at all. */
export interface LogSink {
  /** @param name File name within the day, never used twice. */
  write(day: string, name: string, chunks: AsyncIterable<string>): Promise<void>;
}
