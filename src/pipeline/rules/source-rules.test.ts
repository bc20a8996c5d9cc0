import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPipeline } from '../load-pipeline.ts';
import { sourceRules } from './source-rules.ts';

const { definition } = await loadPipeline(join(import.meta.dirname, '../../../pipelines/flight-delay/pipeline.yaml'));

test.each([
  { name: 'a source that is mounted', mounted: ['weather'], sources: definition.data.sources, refused: [] },
  { name: 'a source that is none', mounted: ['wether'], sources: definition.data.sources, refused: ['serving.online-features.mounted.0'] },
  { name: 'the feed itself', mounted: ['weather', 'flights'], sources: definition.data.sources, refused: ['serving.online-features.mounted.1'] },
  { name: 'no source for the feed', mounted: [], sources: { weather: definition.data.sources['weather'] ?? { type: 'parquet', path: 'weather.parquet' } }, refused: ['serving.online-features.feed'] },
])('online features name sources of the pipeline: $name', ({ mounted, sources, refused }) => {
  const found: string[] = [];
  sourceRules({ ...definition, data: { ...definition.data, sources }, serving: { ...definition.serving, 'online-features': { feed: 'flights', mounted } } }, (path) => found.push(path.join('.')));
  expect(found).toEqual(refused);
});
