import { describe, expect, it } from 'vitest';
import { readFeatureConfiguration } from './feature-configuration.ts';

const read = (environment: Record<string, string>) => readFeatureConfiguration(environment, '/app/model/model.onnx');

describe('readFeatureConfiguration', () => {
  it('is off where no feed is named', () => {
    expect(read({ FEED_STALE: 'answer' })).toBeUndefined();
  });

  it('takes the query and its sources from beside the model', () => {
    expect(read({ FEATURE_FEED: 'file:///feed' })).toEqual({ feed: { folder: '/feed' }, query: '/app/model/dataset.sql', queryDigest: undefined, sources: ['/app/model/sources'], maximumAge: 900_000, answerStale: false, pollInterval: 2000 });
  });

  it('takes mounted sources before those beside the model', () => {
    expect(read({ FEATURE_FEED: 'file:///feed', FEATURE_SOURCES: '/sources' })?.sources).toEqual(['/sources', '/app/model/sources']);
  });

  it('takes an endpoint', () => {
    expect(read({ FEATURE_FEED: 'https://feed.example/events', FEED_STALE: 'answer', FEED_MAXIMUM_AGE: '60' })).toMatchObject({ feed: { endpoint: 'https://feed.example/events' }, answerStale: true, maximumAge: 60_000 });
  });

  it.each([{ FEATURE_FEED: 'feed' }, { FEATURE_FEED: 'file://host/feed' }, { FEATURE_FEED: 'ftp://feed' }, { FEATURE_FEED: 'file:///feed', FEED_STALE: 'maybe' }, { FEATURE_FEED: 'file:///feed', FEED_MAXIMUM_AGE: '0' }])('refuses %j', (environment) => {
    expect(() => read(environment)).toThrow(/FEATURE_FEED|FEED_STALE|FEED_MAXIMUM_AGE/);
  });
});
