import { z } from 'zod';
import { canonicalJson } from '../../../artifacts/canonical-json.ts';
import { digestOf, hexOf } from '../../../artifacts/digest.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Logger } from '../../../ports/logger.ts';

const entrySchema = z.strictObject({ request: z.string(), sha256: z.string(), body: z.string() });

export interface PageCache {
  /** The kept answer, or undefined where there is none that is whole: a corrupt one is said, and replaced by the next `keep`. */
  find(request: string): Promise<string | undefined>;
  keep(request: string, body: string): Promise<void>;
}

/** Answers that will not change, at `cache/<type>/<SHA-256 of the request>.json`, each with its own SHA-256. */
export function pageCache(store: ArtifactStore, type: string, logger: Logger): PageCache {
  const keyOf = (request: string): string => `cache/${type}/${hexOf(digestOf(request))}.json`;
  const corrupt = new Map<string, string>();
  return {
    find: async (request) => {
      const key = keyOf(request);
      const stored = await store.read(key);
      if (stored === undefined) return undefined;
      const entry = parse(Buffer.from(stored.body).toString('utf8'));
      if (entry?.request === request && entry.sha256 === digestOf(entry.body)) return entry.body;
      logger.warn(`${key} on ${store.uri} is corrupt: it is not what was written. Fetched again.`);
      corrupt.set(key, stored.etag);
      return undefined;
    },
    keep: async (request, body) => {
      const key = keyOf(request);
      const content = Buffer.from(canonicalJson({ request, sha256: digestOf(body), body }));
      const bad = corrupt.get(key);
      // Whoever was first has written the same answer, or one as good: losing the race is no fault.
      if (bad === undefined) await store.create(key, content);
      else await store.replace(key, content, bad);
    },
  };
}

function parse(text: string): z.infer<typeof entrySchema> | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
