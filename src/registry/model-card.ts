import { stringify } from 'yaml';
import { evidenceKey } from '../gate/evidence.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { escapeMarkdown, escapeSummary } from '../report/escape-markdown.ts';
import { formatCount, formatEstimate, formatNumber, formatShare } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { CardFacts } from './card-facts.ts';
import { besideSection, calibrationSection, robustnessSection, sliceSection } from './model-card-findings.ts';

/**
 * MODEL_CARD.md of a version: the `model-index` front matter that model hubs read (Hugging Face, "Model Cards"), then the same for people
 * (after Mitchell et al., "Model Cards for Model Reporting", 2019). The same record, pipeline and facts give the same text.
 */
export function renderModelCard(record: VersionRecord, definition: PipelineDefinition, facts: CardFacts): string {
  return [`---\n${frontMatter(record, definition)}---`, `# ${record.model} version ${record.version}`, escapeMarkdown(definition.description), ...sections(record, definition, facts)].join('\n\n') + '\n';
}

/** Members beyond the hub's own (interval, sample-size, version, digests) are passed over by its readers. */
function frontMatter(record: VersionRecord, definition: PipelineDefinition): string {
  const { trainingWindow, dataset } = record;
  const license = definition['model-card']?.license;
  return stringify({
    ...(license === undefined ? {} : { license }),
    library_name: 'onnx',
    pipeline_tag: 'tabular-classification',
    tags: ['onnx', 'tabular-classification', 'taxiway'],
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

function sections(record: VersionRecord, definition: PipelineDefinition, { evaluation, training }: CardFacts): string[] {
  const fault = record.labels['simulated-fault'];
  return [
    ...(fault === undefined ? [] : [`> **This image simulates a fault on purpose** (${escapeMarkdown(fault)}). It must never serve real decisions.`]),
    '## Intended use',
    ...intendedUse(record, definition),
    '## Training',
    ...trainingSection(record, definition, training),
    '## Metrics on the test window',
    testRows(record, evaluation),
    markdownTable(
      ['Metric', 'Value with 95 % interval', 'Rows'],
      sortedMetrics(record).map(([name, { value, interval, sampleSize }]) => [escapeMarkdown(name), formatEstimate(value, interval), formatCount(sampleSize)]),
    ),
    ...besideSection(
      evaluation,
      sortedMetrics(record).map(([name]) => name),
    ),
    ...calibrationSection(evaluation),
    ...sliceSection(evaluation),
    ...robustnessSection(evaluation),
    '## Limits',
    limits(record, definition, evaluation),
    '## Lineage',
    markdownTable(['What', 'Digest or name'], lineage(record)),
    '### Verifying it',
    verification(record),
    ...(Object.keys(record.labels).length === 0 ? [] : ['## Labels', markdownTable(['Label', 'Value'], Object.entries(record.labels).sort(byName).map(([name, value]) => [escapeMarkdown(name), escapeMarkdown(value)]))]),
  ];
}

function intendedUse(record: VersionRecord, definition: PipelineDefinition): string[] {
  const card = definition['model-card'];
  const { label } = definition.data;
  return [
    ...(card === undefined ? [] : [escapeMarkdown(card['intended-use'])]),
    `Scores the probability that a row ${escapeMarkdown(label.positive)}, asked at ${definition.data['prediction-time']}. Rows at or above the threshold ${formatNumber(record.threshold)} are decided 1. ` +
      `Rows outside \`${definition['scored-rows']}\` are neither trained on nor judged.`,
    ...(card === undefined || card['out-of-scope'].length === 0 ? [] : ['### Out of scope', list(card['out-of-scope'])]),
  ];
}

function trainingSection(record: VersionRecord, definition: PipelineDefinition, training: CardFacts['training']): string[] {
  const { classes, engine, preset, history, bestEpoch, parameters, thresholdPolicy } = training;
  const counts = (of: { readonly rows: number; readonly positives: number } | undefined): string => (of === undefined ? '–' : `${formatCount(of.rows)}, ${formatShare(of.positives / Math.max(1, of.rows))} positive`);
  const facts = [
    ...(preset === undefined ? [] : [`preset ${preset}`]),
    ...(engine === undefined ? [] : [`trained with ${engine}`]),
    ...(history === undefined || bestEpoch === undefined ? [] : [`best of ${formatCount(history.length)} epochs: ${formatCount(bestEpoch)}`]),
    ...(parameters === undefined ? [] : [`${formatCount(parameters)} parameters`]),
    ...(thresholdPolicy === undefined ? [] : [`threshold chosen for ${thresholdPolicy}`]),
  ];
  const { features, ...hyperparameters } = record.hyperparameters;
  const columns = [...new Set(definition.features.flatMap((feature) => feature.columns))];
  return [
    markdownTable(
      ['Window', 'From', 'To (exclusive)', 'Rows', 'Used for'],
      (['fit', 'calibrate', 'test'] as const).map((name) => [name, record.trainingWindow[name].from, record.trainingWindow[name].to, name === 'test' ? '–' : counts(classes?.[name]), purposes[name]]),
    ),
    `Sources: ${Object.keys(definition.data.sources).sort().map(escapeMarkdown).join(', ')}.${facts.length === 0 ? '' : ` ${escapeMarkdown(`Made so: ${facts.join('; ')}.`)}`}`,
    fold(`Features: ${formatCount(columns.length)} columns, each known by then`, markdownTable(['Transform', 'Columns'], definition.features.map(({ transform, columns: own }) => [escapeMarkdown(transform), own.map(escapeMarkdown).join(', ')]))),
    fold('Hyper-parameters', markdownTable(['Name', 'Value'], Object.entries(hyperparameters).sort(byName).map(([name, value]) => [escapeMarkdown(name), escapeMarkdown(typeof value === 'string' ? value : JSON.stringify(value))]))),
  ];
}

const purposes = { fit: 'weights', calibrate: 'early stopping and threshold', test: 'the gate' } as const;

function testRows(record: VersionRecord, { rows, positives, days, holdout }: CardFacts['evaluation']): string {
  const { from, to } = record.trainingWindow.test;
  const counted = rows === undefined || positives === undefined || days === undefined ? '' : `: ${formatCount(rows)} rows of ${formatCount(days)} days, ${formatShare(positives / Math.max(1, rows))} positive`;
  const use = holdout === undefined ? '' : ` These rows had decided ${formatCount(holdout.earlier)} times before, of at most ${formatCount(holdout.budget)}.`;
  return `${from} to ${to}, exclusive${counted}.${use} Intervals draw whole days with replacement, because rows of one day are not independent.`;
}

function limits(record: VersionRecord, definition: PipelineDefinition, { robustness }: CardFacts['evaluation']): string {
  return [
    list(definition['model-card']?.limits ?? []),
    `- Judged on ${record.trainingWindow.test.from} to ${record.trainingWindow.test.to} only; other seasons may differ, which drift-check watches.`,
    '- The intervals say how sure the figures are on those days, not how the future will differ from them.',
    '- The decision threshold was chosen on the calibration window and belongs to this version.',
    ...(robustness === undefined ? ['- How it bears missing, noisy or hostile input was not measured.'] : []),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

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

/** What the actions do by themselves, and how anybody does it by hand. */
function verification(record: VersionRecord): string {
  return [
    'The gate signed a statement that binds its outcome to the evaluation, candidate, model, dataset, pipeline and code above. `register`, `deploy` and `verify-rollout` verify it anew, each time. By hand, with the store’s copy and a trusted public key:',
    [
      '```sh',
      `evidence=${evidenceKey(record.evaluation)}`,
      'jq -cSj .statement "$evidence" > statement',
      'jq -r .signature "$evidence" | base64 -d > signature',
      'openssl pkeyutl -verify -pubin -inkey trusted-key.pem -rawin -in statement -sigfile signature',
      '```',
    ].join('\n'),
  ].join('\n\n');
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join('\n');
}

function fold(title: string, body: string): string {
  return `<details><summary>${escapeSummary(title)}</summary>\n\n${body}\n\n</details>`;
}

function sortedMetrics(record: VersionRecord) {
  return Object.entries(record.metrics).sort(byName);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
