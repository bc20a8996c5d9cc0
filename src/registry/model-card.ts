import { stringify } from 'yaml';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { escapeMarkdown } from '../report/escape-markdown.ts';
import { formatCount, formatEstimate, formatNumber } from '../report/format-number.ts';

/**
 * MODEL_CARD.md of a version: the `model-index` front matter that model hubs read, then the same for people
 * (after Mitchell et al., "Model Cards for Model Reporting", 2019). The same record and pipeline give the same text.
 */
export function renderModelCard(record: VersionRecord, definition: PipelineDefinition): string {
  return [`---\n${frontMatter(record)}---`, `# ${record.model} version ${record.version}`, escapeMarkdown(definition.description), ...sections(record, definition)].join('\n\n') + '\n';
}

function frontMatter(record: VersionRecord): string {
  const { trainingWindow, dataset } = record;
  return stringify({
    'model-index': [
      {
        name: record.model,
        results: [
          {
            task: { type: 'tabular-classification' },
            dataset: {
              name: `${record.model} test window`,
              type: dataset.uri,
              revision: dataset.digest,
              split: `${trainingWindow.test.from}/${trainingWindow.test.to}`,
            },
            metrics: sortedMetrics(record).map(([type, { value, interval, sampleSize }]) => ({ type, value, interval: [...interval], 'sample-size': sampleSize })),
          },
        ],
      },
    ],
    version: record.version,
    'image-digest': record.imageDigest,
    'model-digest': record.modelDigest,
  });
}

function sections(record: VersionRecord, definition: PipelineDefinition): string[] {
  const { label } = definition.data;
  const fault = record.labels['simulated-fault'];
  return [
    ...(fault === undefined ? [] : [`> **This image simulates a fault on purpose** (${escapeMarkdown(fault)}). It must never serve real decisions.`]),
    '## Intended use',
    `Scores the probability that a row ${escapeMarkdown(label.positive)}, asked at ${definition.data['prediction-time']}. Rows at or above the threshold ${formatNumber(record.threshold)} are decided 1. ` +
      `Rows outside \`${definition['scored-rows']}\` are neither trained on nor judged.`,
    '## Data',
    table(
      ['Window', 'From', 'To (exclusive)', 'Used for'],
      (['fit', 'calibrate', 'test'] as const).map((name) => [name, record.trainingWindow[name].from, record.trainingWindow[name].to, purposes[name]]),
    ),
    `Sources: ${Object.keys(definition.data.sources).sort().map(escapeMarkdown).join(', ')}. Features: ${formatCount(new Set(definition.features.flatMap((feature) => feature.columns)).size)} columns, each known by then.`,
    '## Metrics on the test window',
    table(
      ['Metric', 'Value with 95 % interval', 'Rows'],
      sortedMetrics(record).map(([name, { value, interval, sampleSize }]) => [escapeMarkdown(name), formatEstimate(value, interval), formatCount(sampleSize)]),
    ),
    '## Limits',
    `- Judged on ${record.trainingWindow.test.from} to ${record.trainingWindow.test.to} only; other seasons may differ, which drift-check watches.\n` +
      '- The intervals say how sure the figures are on those days, not how the future will differ from them.\n' +
      '- The decision threshold was chosen on the calibration window and belongs to this version.',
    '## Lineage',
    table(['What', 'Digest or name'], lineage(record)),
    ...(Object.keys(record.labels).length === 0 ? [] : ['## Labels', table(['Label', 'Value'], Object.entries(record.labels).sort(byName).map(([name, value]) => [escapeMarkdown(name), escapeMarkdown(value)]))]),
  ];
}

const purposes = { fit: 'weights', calibrate: 'early stopping and threshold', test: 'the gate' } as const;

function lineage(record: VersionRecord): string[][] {
  const rows: [string, string][] = [
    ['Dataset', record.dataset.digest],
    ['Candidate', record.candidate],
    ['Evaluation', record.evaluation],
    ['model.onnx', record.modelDigest],
    ['Pipeline file', record.pipelineDigest],
    ['Code commit', record.codeCommit],
    ['Release’s bundles', record.codeDigest],
    ['Image', `${record.imageRepository}@${record.imageDigest}`],
    ['Judged against', record.champion === undefined ? 'no champion' : `version ${record.champion}`],
    ['Registered', record.registeredAt],
  ];
  return rows.map(([name, value]) => [name, `\`${value.replaceAll('`', '')}\``]);
}

function sortedMetrics(record: VersionRecord) {
  return Object.entries(record.metrics).sort(byName);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
