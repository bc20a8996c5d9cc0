import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../artifacts/digest.ts';
import type { SourceFile } from '../../../ports/data-source.ts';
import { fetchWithRetry } from '../../http/fetch-with-retry.ts';
import type { HttpContext } from '../../http/http-context.ts';
import { publicUrl } from '../../http/public-url.ts';
import type { FeedFile } from './read-feed.ts';

export interface FeedDays {
  readonly endpoint: string;
  /** Milliseconds since the Unix epoch, half-open. */
  readonly from: number;
  readonly to: number;
  /** Where the answers are kept. */
  readonly folder: string;
}

const day = 86_400_000;

/** A request per UTC day, one after the other. @throws UserError source-denied, source-unavailable, source-unreadable */
export async function fetchFeedDays(http: HttpContext, { endpoint, from, to, folder }: FeedDays): Promise<(FeedFile & SourceFile)[]> {
  const files: (FeedFile & SourceFile)[] = [];
  for (let begin = Math.floor(from / day) * day; begin < to; begin += day) {
    const url = new URL(endpoint);
    url.searchParams.set('from', new Date(Math.max(begin, from)).toISOString());
    url.searchParams.set('to', new Date(Math.min(begin + day, to)).toISOString());
    const body = await fetchWithRetry(http, url.href, { what: 'the flight feed' });
    const path = join(folder, `${new Date(begin).toISOString().slice(0, 10)}.jsonl`);
    await writeFile(path, body);
    files.push({ name: `${publicUrl(endpoint, new URL(endpoint))}#${new Date(begin).toISOString().slice(0, 10)}`, path, digest: digestOf(body), size: body.byteLength });
  }
  return files;
}
