import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { evaluationPage } from '../../test/builders/evaluation-page.ts';
import { parseCardFacts } from './card-facts.ts';
import { renderModelCard } from './model-card.ts';

const record: VersionRecord = { ...versionDraft('a'), version: 3, imageTag: 'model_v3', registeredAt: '2013-06-01T00:00:00.000Z', champion: 2 };
let definition: PipelineDefinition;
beforeAll(async () => {
  definition = (await loadPipeline(fileURLToPath(new URL('../../pipelines/flight-delay/pipeline.yaml', import.meta.url)))).definition;
});

const bare = { evaluation: {}, training: {} };
const card = (given: VersionRecord, facts: { evaluation: unknown; training: unknown } = bare): string => renderModelCard(given, definition, parseCardFacts(facts));

describe('a model card', () => {
  it('has front matter that model hubs read: a model-index with metrics and their intervals', () => {
    const [, front = ''] = card(record).split('---\n');
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
    const text = card(record);
    for (const heading of ['## Intended use', '## Training', '## Metrics on the test window', '## Limits', '## Lineage']) expect(text).toContain(heading);
    for (const fact of ['2013-05-01', '0.900 [0.880, 0.920]', record.candidate, record.evaluation, record.imageDigest, record.pipelineDigest, 'version 2']) expect(text).toContain(fact);
  });

  it('is the same text for the same record', () => {
    expect(card({ ...record, labels: { b: '1', a: '2' } })).toBe(card({ ...record, labels: { a: '2', b: '1' } }));
  });

  it('names a simulated fault at the top', () => {
    expect(card({ ...record, labels: { 'simulated-fault': 'slow=150ms' } })).toContain('simulates a fault on purpose');
  });

  it('lets no label act as Markdown', () => {
    const text = card({ ...record, labels: { note: '[click](https://evil.example) | @team\n## Heading <img src=x>' } });
    for (const active of ['[click](', '@team', '\n## Heading', '<img']) expect(text).not.toContain(active);
  });

  it('shows what stood beside the model, its slices, calibration and robustness, and how often its test rows were used', () => {
    const evaluation = { ...evaluationPage({ text: 'rule' }).evaluation, holdout: { digest: record.modelDigest, earlier: 3, budget: 20 } };
    const training = { engine: 'onnxruntime', preset: 'document', classes: { fit: { rows: 80_000, positives: 20_000 }, calibrate: { rows: 27_000, positives: 6000 } }, history: [{}, {}], bestEpoch: 1, parameters: 19_001, thresholdPolicy: 'recall' };
    const text = card(record, { evaluation, training });
    for (const heading of ['### Beside it, on the same rows', '### Calibration', '### Slices', '### Robustness']) expect(text).toContain(heading);
    for (const fact of ['had decided 3 times before, of at most 20', '80,000, 25.0 % positive', 'preset document', '19,001 parameters', 'rule: rule', '27,000 rows of 28 days']) expect(text).toContain(fact);
    expect(text).not.toContain('TOO-FEW');
  });

  it('says what the pipeline’s people say of it: use, what it is not for, limits', () => {
    const text = card(record);
    for (const said of ['Tells operations staff', '### Out of scope', '- Decisions about safety', '- Learnt from one year, 2013']) expect(text).toContain(said);
  });

  it('says what was not measured rather than nothing', () => {
    expect(card(record)).toContain('How it bears missing, noisy or hostile input was not measured.');
  });

  it('lets nothing from data act as Markdown or HTML', () => {
    const hostile = '[click](https://evil.example) | @team\n## Heading <img src=x>';
    const text = card(record, { evaluation: evaluationPage({ text: hostile }).evaluation, training: { engine: hostile } });
    for (const active of ['[click](', '@team', '\n## Heading', '<img']) expect(text).not.toContain(active);
  });
});
