import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { renderModelCard } from './model-card.ts';

const record: VersionRecord = { ...versionDraft('a'), version: 3, imageTag: 'model_v3', registeredAt: '2013-06-01T00:00:00.000Z', champion: 2 };
let definition: PipelineDefinition;
beforeAll(async () => {
  definition = (await loadPipeline(fileURLToPath(new URL('../../pipelines/flight-delay/pipeline.yaml', import.meta.url)))).definition;
});

describe('a model card', () => {
  it('has front matter that model hubs read: a model-index with metrics and their intervals', () => {
    const [, front = ''] = renderModelCard(record, definition).split('---\n');
    expect(parse(front)).toMatchObject({
      'model-index': [
        {
          name: 'flight-delay',
          results: [{ task: { type: 'tabular-classification' }, dataset: { revision: record.dataset.digest }, metrics: [{ type: 'accuracy', value: 0.9, interval: [0.88, 0.92] }] }],
        },
      ],
      version: 3,
    });
  });

  it('says intended use, data, metrics, limits and lineage', () => {
    const card = renderModelCard(record, definition);
    for (const heading of ['## Intended use', '## Data', '## Metrics on the test window', '## Limits', '## Lineage']) expect(card).toContain(heading);
    for (const fact of ['2013-05-01', '0.900 [0.880, 0.920]', record.candidate, record.evaluation, record.imageDigest, record.pipelineDigest, 'version 2']) expect(card).toContain(fact);
  });

  it('is the same text for the same record', () => {
    expect(renderModelCard({ ...record, labels: { b: '1', a: '2' } }, definition)).toBe(renderModelCard({ ...record, labels: { a: '2', b: '1' } }, definition));
  });

  it('names a simulated fault at the top', () => {
    expect(renderModelCard({ ...record, labels: { 'simulated-fault': 'slow=150ms' } }, definition)).toContain('simulates a fault on purpose');
  });

  it('lets no label act as Markdown', () => {
    const card = renderModelCard({ ...record, labels: { note: '[click](https://evil.example) | @team\n## Heading <img src=x>' } }, definition);
    for (const active of ['[click](', '@team', '\n## Heading', '<img']) expect(card).not.toContain(active);
  });
});
