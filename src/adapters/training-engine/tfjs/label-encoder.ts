import { isHost, type Operator, unsupported } from './call.ts';
import { hostIntegers } from './host-tensor.ts';

/** A dictionary from texts to numbers; anything else is given the default. Built once for each node. */
const dictionaries = new WeakMap<object, ReadonlyMap<number | string, number>>();

/** LabelEncoder of ai.onnx.ml: texts to ids (64-bit, so they stay in JavaScript) or to floats. */
export const labelEncoder: Operator = (call) => {
  const { node } = call;
  const value = call.value(0);
  const keys = call.texts('keys_strings');
  const [ids, floats] = [call.list('values_int64s'), call.list('values_floats')];
  const values = ids ?? floats;
  if (!isHost(value) || value.host !== 'string' || !keys || !values) throw unsupported(node, 'but from texts to numbers');
  let dictionary = dictionaries.get(node);
  if (!dictionary) {
    dictionary = new Map(keys.map((key, index) => [key, values[index] ?? NaN]));
    dictionaries.set(node, dictionary);
  }
  const known = dictionary;
  const fallback = ids ? call.number('default_int64', -1) : call.number('default_float', 0);
  const encoded = value.data.map((text) => known.get(text) ?? fallback);
  return ids ? hostIntegers(encoded, value.shape) : call.tf.tensor(Float32Array.from(encoded), value.shape, 'float32');
};
