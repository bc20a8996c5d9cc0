import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Registry } from 'prom-client';
import { StartError } from '../start-error.ts';
import type { FeatureConfiguration } from './feature-configuration.ts';
import { FeatureDatabase } from './feature-database.ts';
import { createFeatureMetrics } from './feature-metrics.ts';
import type { FeatureStep } from './feature-step.ts';
import { FeedEndpoint } from './feed-endpoint.ts';
import { FeedFolder } from './feed-folder.ts';
import { FeedIntake } from './feed-intake.ts';
import type { FeedReader } from './feed-reader.ts';
import { judgeFeed } from './feed-state.ts';
import { FlightLedger } from './flight-ledger.ts';
import { OnlineFeatures, rememberedDays } from './online-features.ts';

export interface OnlineFeaturesRequest {
  readonly configuration: FeatureConfiguration;
  /** Columns that a request must bring. */
  readonly columns: readonly string[];
  /** sha256:… of the dataset query as the model's metadata say it. */
  readonly queryDigest: string | undefined;
  readonly maximumRows: number;
  readonly registry: Registry;
  /** The feed, where it is not to be opened from the configuration. */
  readonly reader?: FeedReader;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly onFailure?: (cause: unknown) => void;
}

const minute = 60_000;
const day = 86_400_000;
/** Schedules may be told up to ten days ahead. */
const toldAhead = 10;

/** The feature step with the feed's past taken in and the present minute evaluated. @throws StartError */
export async function openOnlineFeatures(request: OnlineFeaturesRequest): Promise<OnlineFeatures> {
  const features = await prepareOnlineFeatures(request);
  await features.advance();
  return features;
}

/** Query, sources and database checked; nothing of the feed is read yet. */
async function prepareOnlineFeatures(request: OnlineFeaturesRequest): Promise<OnlineFeatures> {
  const { configuration, registry, now = Date.now } = request;
  const query = await readQuery(configuration, request.queryDigest);
  const database = await FeatureDatabase.open({ query, sources: configuration.sources, columns: request.columns });
  const ledger = new FlightLedger();
  const state = () => judgeFeed({ watermark: ledger.watermark, moment: now(), maximumAge: configuration.maximumAge, firstDue: (from, until) => ledger.firstDue(from, until) });
  const metrics = createFeatureMetrics(registry, {
    feedAge: () => state().ageSeconds ?? Number.NaN,
    feedSilence: () => state().silentSeconds ?? Number.NaN,
    rows: () => ledger.flights,
    unscheduled: () => ledger.unscheduled,
  });
  const intake = new FeedIntake({ reader: request.reader ?? openFeed(configuration.feed), remembered: rememberedDays * day }, ledger, {
    counted: (result) => metrics.events.inc({ result }),
    failed: (cause) => {
      metrics.failures.inc();
      request.onFailure?.(cause);
    },
  });
  return new OnlineFeatures({
    database,
    ledger,
    intake,
    metrics,
    now,
    maximumRows: request.maximumRows,
    maximumAge: configuration.maximumAge,
    answerStale: configuration.answerStale,
    ...(request.onFailure !== undefined && { onFailure: request.onFailure }),
  });
}

export interface StartedFeatures {
  readonly step: FeatureStep;
  /** Takes in the feed's past, and keeps up with it until the step is closed. Flight keys are refused until the past is there. */
  readonly begin: () => void;
}

/** The feature step with everything checked that can be wrong from the start. @throws StartError */
export async function startOnlineFeatures(request: OnlineFeaturesRequest): Promise<StartedFeatures> {
  const features = await prepareOnlineFeatures(request);
  const { pollInterval } = request.configuration;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const wait = (): void => {
    if (closed) return;
    const now = Date.now();
    // Begins with every minute, so that requests hardly ever wait for it.
    timer = setTimeout(() => void features.advance().finally(wait), Math.min(pollInterval, (Math.floor(now / minute) + 1) * minute - now)).unref();
  };
  const step: FeatureStep = {
    get loaded() {
      return features.loaded;
    },
    complete: (body, deadline) => features.complete(body, deadline),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await features.close();
    },
  };
  return { step, begin: () => void features.advance().finally(wait) };
}

function openFeed(feed: FeatureConfiguration['feed']): FeedReader {
  const lookBack = (rememberedDays + toldAhead) * day;
  return 'folder' in feed ? new FeedFolder(feed.folder, lookBack) : new FeedEndpoint(feed.endpoint, lookBack);
}

async function readQuery({ query, queryDigest }: FeatureConfiguration, modelsDigest: string | undefined): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(query);
  } catch (cause) {
    throw new StartError(`cannot read the dataset query ${query}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (modelsDigest !== undefined && digest !== modelsDigest) throw new StartError(`the dataset query ${query} is ${digest}, but the model was trained with ${modelsDigest}; mount the query of that training, or leave FEATURE_QUERY out`);
  if (queryDigest !== undefined && digest !== queryDigest) throw new StartError(`the dataset query ${query} is ${digest}, but FEATURE_QUERY_DIGEST demands ${queryDigest}`);
  return bytes.toString('utf8');
}
