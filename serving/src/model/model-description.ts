import { StartError } from '../start-error.ts';

/** What a model says about itself in its metadata: the shape of a request and of its answer. */
export interface ModelDescription {
  /** Columns of input `num`, in order. */
  readonly numbers: readonly string[];
  /** Columns of input `cat`, in order. */
  readonly strings: readonly string[];
  /** Columns that name a row: echoed in the answer. */
  readonly key: readonly string[];
  /** Column with the ISO 8601 moment that decides the day of the prediction log. */
  readonly eventTime: string | undefined;
  /** Probabilities at or above it are decision 1. */
  readonly threshold: number;
  readonly pipeline: string | undefined;
  /** sha256:… of the dataset query that training ran. */
  readonly datasetQueryDigest?: string | undefined;
}

function parse(metadata: ReadonlyMap<string, string>, name: string): unknown {
  const text = metadata.get(`taxiway.${name}`);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A plain word where a JSON string belongs means that word.
    return text;
  }
}

/** The columns of an input as the training description lists them, for models without an entry of their own for it. */
function trainedColumns(metadata: ReadonlyMap<string, string>, input: 'num' | 'cat'): unknown {
  const description = parse(metadata, 'model');
  if (typeof description !== 'object' || description === null || !('inputs' in description)) return undefined;
  return (description.inputs as Partial<Record<string, unknown>>)[input];
}

function columns(metadata: ReadonlyMap<string, string>, name: string, input?: 'num' | 'cat'): string[] {
  const value = parse(metadata, name) ?? (input && trainedColumns(metadata, input));
  const isList = Array.isArray(value) && value.every((column): column is string => typeof column === 'string' && column !== '');
  if (!isList || new Set(value).size !== value.length) {
    throw new StartError(`the model's metadata taxiway.${name} must be a JSON list of different column names, found ${JSON.stringify(value)}`);
  }
  return value;
}

function word(metadata: ReadonlyMap<string, string>, name: string): string | undefined {
  const value = parse(metadata, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Reads the `taxiway.*` entries of a model's metadata.
 * @throws StartError naming the entry that is missing or malformed.
 */
export function describeModel(metadata: ReadonlyMap<string, string>): ModelDescription {
  const threshold = Number(parse(metadata, 'threshold') ?? Number.NaN);
  if (!(threshold >= 0 && threshold <= 1)) throw new StartError(`the model's metadata taxiway.threshold must be a number from 0 to 1, found ${JSON.stringify(metadata.get('taxiway.threshold'))}`);
  const description: ModelDescription = {
    numbers: columns(metadata, 'numbers', 'num'),
    strings: columns(metadata, 'strings', 'cat'),
    key: columns(metadata, 'key'),
    eventTime: word(metadata, 'event-time'),
    threshold,
    pipeline: word(metadata, 'pipeline'),
    ...(metadata.has('taxiway.dataset-query-digest') && { datasetQueryDigest: word(metadata, 'dataset-query-digest') }),
  };
  if (description.numbers.length + description.strings.length === 0) throw new StartError('the model declares no columns');
  return description;
}
