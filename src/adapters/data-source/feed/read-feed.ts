import { readFile } from 'node:fs/promises';
import { type FeedEvent, feedEventSchema } from './feed-event.ts';

/** A line that is no event, as it goes to the rejected rows. */
export interface RejectedLine {
  readonly file: string;
  /** Counted from one. */
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

/** An event and where it was told. */
export interface ToldEvent {
  readonly event: FeedEvent;
  readonly file: string;
  readonly line: number;
}

export interface FeedFile {
  readonly name: string;
  readonly path: string;
}

const longestText = 500;

/** Reads JSON Lines. Every line that is not blank is either an event or rejected with its reason; events later than `asOf` are left out. A file is a day of flights at most: it is held in memory. */
export async function readFeed(files: readonly FeedFile[], asOf: number): Promise<{ told: ToldEvent[]; rejected: RejectedLine[] }> {
  const told: ToldEvent[] = [];
  const rejected: RejectedLine[] = [];
  for (const { name, path } of files) {
    let line = 0;
    for (const text of (await readFile(path, 'utf8')).split(/\r?\n/)) {
      line += 1;
      if (text.trim() === '') continue;
      const read = parseLine(text);
      if ('reason' in read) rejected.push({ file: name, line, reason: read.reason, text: text.slice(0, longestText) });
      else if (read.event.at <= asOf) told.push({ event: read.event, file: name, line });
    }
  }
  return { told, rejected };
}

/** A line as an event, or why it is none. */
export function parseLine(text: string): { readonly event: FeedEvent } | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'is no JSON' };
  }
  const parsed = feedEventSchema.safeParse(value);
  if (parsed.success) return { event: parsed.data };
  const [issue] = parsed.error.issues;
  return { reason: `${issue === undefined || issue.path.length === 0 ? 'event' : issue.path.join('.')}: ${issue?.message ?? 'is not understood'}` };
}
