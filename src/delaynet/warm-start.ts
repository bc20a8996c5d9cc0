import type { NetworkPlan } from './network-plan.ts';
import type { ParameterLayout, ParameterSpecification } from './parameter-layout.ts';
import { parameterInputs } from './parameter-inputs.ts';
import type { TrainingState } from './training-state.ts';

export interface WarmStart {
  readonly weights: Float32Array;
  /** Parameters that begin where the other training ended. */
  readonly taken: readonly string[];
  /** Inputs that the other network did not have: they begin with no say. */
  readonly added: readonly string[];
  /** Inputs that only the other network had. */
  readonly dropped: readonly string[];
}

interface Source {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly vocabulary?: readonly string[] | undefined;
  readonly inputs?: readonly string[] | undefined;
}

/** Where each parameter's numbers come from: a position in the source, 0, or undefined for its fresh value. */
type Origin = (row: number, column: number) => number | 'zero' | undefined;

const copyAsIs = ({ shape: [, columns = 0] }: Source): Origin => (row, column) => row * columns + column;

/** Vectors follow their category; a new category begins as an unknown one, a new dimension fresh. */
function followCategories({ shape: [, columns = 0], vocabulary = [] }: Source, target: readonly string[]): Origin {
  const ids = new Map(vocabulary.map((category, index) => [category, index + 1]));
  return (row, column) => (column < columns ? (ids.get(target[row - 1] ?? '') ?? 0) * columns + column : undefined);
}

/** Weights follow the name of their input; those of a new input are 0, so that the network answers as before. */
function followInputs({ shape: [rows = 0, columns = 0], inputs = [] }: Source, target: readonly string[]): Origin {
  const places = new Map(inputs.map((name, index) => [name, index]));
  if (rows === 1) return (_, column) => places.get(target[column] ?? '');
  return (row, column) => {
    const place = places.get(target[row] ?? '');
    return place === undefined ? 'zero' : place * columns + column;
  };
}

function originOf(source: Source, target: { readonly shape: readonly number[]; readonly vocabulary: readonly string[] | undefined; readonly inputs: readonly string[] | undefined }): Origin | undefined {
  if (target.vocabulary && source.vocabulary) return followCategories(source, target.vocabulary);
  if (target.inputs && source.inputs) {
    const alongRows = source.shape[0] !== 1 || source.inputs.length === 1;
    return alongRows && source.shape[1] !== target.shape[1] ? undefined : followInputs(source, target.inputs);
  }
  return source.shape[0] === target.shape[0] && source.shape[1] === target.shape[1] ? copyAsIs(source) : undefined;
}

function fill(weights: Float32Array, { offset, shape: [rows, columns] }: ParameterSpecification, from: { readonly origin: Origin; readonly values: Float32Array }): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = from.origin(row, column);
      if (place !== undefined) weights[offset + row * columns + column] = place === 'zero' ? 0 : (from.values[place] ?? 0);
    }
  }
}

/**
 * Initial weights from another training's best ones. Layers are found by name, their inputs by the names of the encoded columns and
 * embedding dimensions, embedding vectors by their category: features may come and go and categories be added, and the network begins
 * by answering as the other did from what both know. A layer of another width keeps its fresh values.
 * `encoded` are the names of the new network's encoded columns.
 */
export function warmStartWeights(fresh: Float32Array, from: TrainingState, target: { readonly layout: ParameterLayout; readonly plan: NetworkPlan; readonly encoded: readonly string[] }): WarmStart {
  const weights = Float32Array.from(fresh);
  const vocabularies = new Map(target.plan.embeddings.map(({ column, vocabulary }) => [`embedding.${column}`, vocabulary]));
  const inputs = parameterInputs(target.plan, target.encoded);
  const taken: string[] = [];
  const [added, dropped] = [new Set<string>(), new Set<string>()];
  let offset = 0;
  for (const { name, shape, vocabulary, inputs: sourceInputs } of from.parameters) {
    const [rows = 0, columns = 0] = shape;
    const values = from.best.weights.subarray(offset, offset + rows * columns);
    offset += rows * columns;
    const parameter = target.layout.parameters.find((candidate) => candidate.name === name);
    if (!parameter) continue;
    const wanted = { shape: parameter.shape, vocabulary: vocabularies.get(name), inputs: inputs.get(name) };
    const origin = originOf({ shape, values, vocabulary, inputs: sourceInputs }, wanted);
    if (!origin) continue;
    fill(weights, parameter, { origin, values });
    taken.push(name);
    if (!wanted.inputs || !sourceInputs) continue;
    for (const input of wanted.inputs) if (!sourceInputs.includes(input)) added.add(input);
    for (const input of sourceInputs) if (!wanted.inputs.includes(input)) dropped.add(input);
  }
  return { weights, taken, added: [...added], dropped: [...dropped] };
}
