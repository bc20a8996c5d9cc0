import type { NetworkPlan } from './network-plan.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import type { TrainingState } from './training-state.ts';

/**
 * Initial weights taken from another training where a parameter has the same name and shape; embedding rows follow their
 * category, whatever its id was. Everything else keeps its fresh value. Returns the names that were taken over.
 */
export function warmStartWeights(fresh: Float32Array, from: TrainingState, target: { readonly layout: ParameterLayout; readonly plan: NetworkPlan }): { weights: Float32Array; taken: string[] } {
  const weights = Float32Array.from(fresh);
  const taken: string[] = [];
  const vocabularies = new Map(target.plan.embeddings.map(({ column, vocabulary }) => [`embedding.${column}`, vocabulary]));
  let offset = 0;
  for (const source of from.parameters) {
    const [rows = 0, columns = 0] = source.shape;
    const values = from.best.weights.subarray(offset, offset + rows * columns);
    offset += rows * columns;
    const parameter = target.layout.parameters.find(({ name }) => name === source.name);
    if (parameter?.shape[1] !== columns) continue;
    const vocabulary = vocabularies.get(parameter.name);
    if (vocabulary && source.vocabulary) {
      ['', ...vocabulary].forEach((category, row) => {
        const old = row === 0 ? 0 : (source.vocabulary?.indexOf(category) ?? -1) + 1;
        if (row === 0 || old > 0) weights.set(values.subarray(old * columns, (old + 1) * columns), parameter.offset + row * columns);
      });
      taken.push(parameter.name);
    } else if (parameter.shape[0] === rows) {
      weights.set(values, parameter.offset);
      taken.push(parameter.name);
    }
  }
  return { weights, taken };
}
