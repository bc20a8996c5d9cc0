import { z } from 'zod';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import { featuresSchema } from '../features/features-schema.ts';
import type { NetworkPlan } from './network-plan.ts';
import type { ParameterLayout, ParameterSpecification } from './parameter-layout.ts';
import { namesByTransform, parameterInputs } from './parameter-inputs.ts';
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

interface EncodedColumns {
  readonly names: readonly string[];
  readonly byTransform: readonly string[];
}

const configurationSchema = z.looseObject({ features: featuresSchema });

/** The other network's encoded columns, as its state tells them; undefined where it is from a release with other transforms. */
function encodedColumnsOf({ configuration, fitted }: TrainingState): EncodedColumns | undefined {
  try {
    const { features } = configurationSchema.parse(JSON.parse(configuration));
    const graph = compileFeatureGraph(features, fitted);
    return { names: graph.names, byTransform: namesByTransform(features, graph) };
  } catch {
    return undefined;
  }
}

/** Inputs by names that mean one thing. A bare name that comes twice could be either: it is left out. */
function clearNames(inputs: readonly string[], encoded: EncodedColumns | undefined, network: 'new' | 'old'): readonly string[] {
  if (encoded?.names.every((name, index) => inputs[index] === name) === true) return [...encoded.byTransform, ...inputs.slice(encoded.names.length)];
  return inputs.map((name, index) => (inputs.indexOf(name) === inputs.lastIndexOf(name) ? name : `${name}#${index} (${network})`));
}

export interface WarmStartTarget {
  readonly layout: ParameterLayout;
  readonly plan: NetworkPlan;
  /** Names of the new network's encoded columns. */
  readonly encoded: readonly string[];
  /** The same, told apart by their transforms; bare names are compared where absent. */
  readonly encodedByTransform?: readonly string[];
}

/**
 * Initial weights from another training's best ones. Layers are found by name, their inputs by the names of the encoded columns and
 * embedding dimensions, embedding vectors by their category: features may come and go and categories be added, and the network begins
 * by answering as the other did from what both know. A layer of another width keeps its fresh values.
 */
export function warmStartWeights(fresh: Float32Array, from: TrainingState, target: WarmStartTarget): WarmStart {
  const weights = Float32Array.from(fresh);
  const vocabularies = new Map(target.plan.embeddings.map(({ column, vocabulary }) => [`embedding.${column}`, vocabulary]));
  const source = target.encodedByTransform === undefined ? undefined : encodedColumnsOf(from);
  const own = source === undefined || target.encodedByTransform === undefined ? undefined : { names: target.encoded, byTransform: target.encodedByTransform };
  const inputs = new Map([...parameterInputs(target.plan, target.encoded)].map(([name, named]) => [name, clearNames(named, own, 'new')]));
  const taken: string[] = [];
  const [added, dropped] = [new Set<string>(), new Set<string>()];
  let offset = 0;
  for (const { name, shape, vocabulary, inputs: recorded } of from.parameters) {
    const sourceInputs = recorded === undefined ? undefined : clearNames(recorded, source, 'old');
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
