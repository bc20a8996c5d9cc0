import type { Json } from '../artifacts/canonical-json.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import type { CardFacts } from './card-facts.ts';

export interface BomModelCardParts {
  readonly record: VersionRecord;
  readonly definition: PipelineDefinition;
  readonly facts: CardFacts;
  /** `bom-ref` of the dataset. */
  readonly dataset: string;
}

/** `modelCard` of CycloneDX: what MODEL_CARD.md says to people, for programs. */
export function bomModelCard({ record, definition, facts, dataset }: BomModelCardParts): Json {
  const card = definition['model-card'];
  return {
    modelParameters: {
      approach: { type: 'supervised' },
      task: 'tabular-classification',
      architectureFamily: 'feed-forward neural network',
      datasets: [{ ref: dataset }],
      inputs: [{ format: 'ONNX tensors, one per column' }],
      outputs: [{ format: 'probability, float32' }],
    },
    quantitativeAnalysis: { performanceMetrics: [...ofAllRows(record), ...ofSlices(facts)] },
    ...(card === undefined
      ? {}
      : {
          considerations: {
            useCases: [card['intended-use']],
            technicalLimitations: [...card.limits, ...card['out-of-scope'].map((use) => `Out of scope: ${use}`)],
          },
        }),
  };
}

function ofAllRows({ metrics }: VersionRecord): Json[] {
  return Object.keys(metrics)
    .sort()
    .flatMap((type) => {
      const metric = metrics[type];
      return metric === undefined ? [] : [performanceMetric(type, metric)];
    });
}

/** Only slices with enough rows to be judged. */
function ofSlices({ evaluation }: CardFacts): Json[] {
  return evaluation.slices.flatMap(({ column, value, accuracy, recall, notJudged }) =>
    notJudged === undefined ? [performanceMetric('accuracy', accuracy, `${column}=${value}`), performanceMetric('recall', recall, `${column}=${value}`)] : [],
  );
}

interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

function performanceMetric(type: string, { value, interval }: Estimate, slice?: string): Json {
  return {
    type,
    ...(value === null ? {} : { value: String(value) }),
    ...(slice === undefined ? {} : { slice }),
    ...(interval === null ? {} : { confidenceInterval: { lowerBound: String(interval[0]), upperBound: String(interval[1]) } }),
  };
}
