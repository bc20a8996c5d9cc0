import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, setting, wholeNumber } from '../environment.ts';
import { StartError } from '../start-error.ts';

/** Where online features come from. Durations are milliseconds. */
export interface FeatureConfiguration {
  /** A folder of files by minute, or a URL that answers `?from=…&to=…`. */
  readonly feed: { readonly folder: string } | { readonly endpoint: string };
  /** The dataset query, the very file that training ran. */
  readonly query: string;
  /** sha256:… that the query must have, besides what the model's metadata say. */
  readonly queryDigest: string | undefined;
  /** Folders of one Parquet file for each source of the query except `flights`: what is mounted goes before what came with the model. */
  readonly sources: readonly string[];
  /** The silence of the feed after which its features are no longer answered. */
  readonly maximumAge: number;
  /** Answer all the same, marked as degraded. */
  readonly answerStale: boolean;
  readonly pollInterval: number;
}

/** @returns undefined where FEATURE_FEED is not set: then a request must bring its columns @throws StartError */
export function readFeatureConfiguration(environment: Environment, modelPath: string): FeatureConfiguration | undefined {
  const feed = setting(environment, 'FEATURE_FEED');
  if (feed === undefined) return undefined;
  const folder = dirname(modelPath);
  return {
    feed: readFeedPlace(feed),
    query: setting(environment, 'FEATURE_QUERY') ?? join(folder, 'dataset.sql'),
    queryDigest: setting(environment, 'FEATURE_QUERY_DIGEST'),
    sources: [setting(environment, 'FEATURE_SOURCES'), join(folder, 'sources')].filter((place) => place !== undefined),
    maximumAge: wholeNumber(environment, 'FEED_MAXIMUM_AGE', { standard: 900, minimum: 1, maximum: 86_400 }) * 1000,
    answerStale: readStale(environment),
    pollInterval: wholeNumber(environment, 'FEED_POLL_INTERVAL_MS', { standard: 2000, minimum: 100, maximum: 60_000 }),
  };
}

function readFeedPlace(text: string): FeatureConfiguration['feed'] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'file:' && url.host === '') return { folder: fileURLToPath(url) };
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { endpoint: text };
  throw new StartError(`FEATURE_FEED is ${JSON.stringify(text)}; allowed are file:/// and a folder, or an http(s) URL`);
}

function readStale(environment: Environment): boolean {
  const text = setting(environment, 'FEED_STALE') ?? 'refuse';
  if (text !== 'refuse' && text !== 'answer') throw new StartError(`FEED_STALE is ${JSON.stringify(text)}; allowed are refuse and answer`);
  return text === 'answer';
}
