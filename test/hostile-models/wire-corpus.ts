import { gzipSync } from 'node:zlib';
import { model, type CorpusModel } from './corpus-model.ts';
import { forgeGraph, forgeModel, joined, message, weightBytes, weights } from './forge-model.ts';

const wire = (name: string, outcome: CorpusModel['outcome'], make: () => Uint8Array): CorpusModel => model(`bytes: ${name}`, outcome, make);
const notProtobuf = /not valid protobuf/;
const noModel = /not valid protobuf|no model of Taxiway has/;
const honest = (): Uint8Array => forgeModel();
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const withWeights = (tensor: Uint8Array): Uint8Array => forgeModel({ weights: tensor });
const declared = (...sizes: readonly (number | bigint)[]): Uint8Array => joined(...sizes.map((size) => message([1, size])), message([2, 1], [8, 'w'], [9, weightBytes]));

/** Every message of `depth` in the one before it. */
function nested(depth: number, wrap: (inner: Uint8Array) => Uint8Array): Uint8Array {
  let inner = message([2, 'leaf']);
  for (let level = 0; level < depth; level += 1) inner = wrap(inner);
  return inner;
}

/** Bytes that are no model, or that two readers could understand in two ways. */
export const wireCorpus: readonly CorpusModel[] = [
  wire('an honest model', 'answers', honest),
  wire('an empty file', /holds no graph/, () => new Uint8Array()),
  wire('one byte', notProtobuf, () => bytes(0x0a)),
  wire('zeros', /field 0, which no model/, () => new Uint8Array(4096)),
  wire('text of ONNX', noModel, () => text('ir_version: 8\ngraph { name: "forged" }\n')),
  wire('ONNX Runtime\'s own format', noModel, () => joined(bytes(0x18, 0, 0, 0), text('ORTM'), new Uint8Array(64))),
  wire('gzip', notProtobuf, () => new Uint8Array(gzipSync(honest()))),
  wire('a picture', noModel, () => joined(bytes(0x89), text('PNG\r\n\u001a\n'), new Uint8Array(32))),
  wire('a page', notProtobuf, () => text('<!DOCTYPE html><title>Sign in</title>')),
  wire('cut in half', notProtobuf, () => honest().subarray(0, honest().length >> 1)),
  wire('cut by one byte', notProtobuf, () => honest().subarray(0, -1)),
  wire('a length of two gigabytes', notProtobuf, () => joined(bytes(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07), forgeGraph())),
  wire('a length of 2^64', notProtobuf, () => joined(bytes(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), forgeGraph())),
  wire('a number of eleven bytes', notProtobuf, () => joined(honest(), bytes(0x28, ...Array<number>(10).fill(0x80), 0))),
  wire('a group', notProtobuf, () => joined(honest(), bytes(0x3b, 0x3c))),
  wire('an unknown field', /field 99, which no model/, () => joined(honest(), message([99, 'hidden']))),
  wire('two graphs, of which readers would make one', /has the field 7 twice/, () => joined(honest(), message([7, forgeGraph({ initializers: [message([1, 1], [2, 1], [8, 'extra'], [14, 1])] })]))),
  wire('two versions of itself', /has the field 1 twice/, () => joined(message([1, 8]), honest())),
  wire('a graph that is a number', /field 7 of the wrong kind/, () => joined(message([1, 8]), message([7, 1]))),
  wire('a name that is not UTF-8', /is not UTF-8/, () => withWeights(joined(message([1, 2], [1, 1], [2, 1], [9, weightBytes]), message([8, bytes(0xc3, 0x28)])))),
  wire('data of a tensor twice', /has the field 9 twice/, () => withWeights(joined(weights, message([9, weightBytes])))),
  wire('data as a list of floats and as bytes', /field 4, which no model/, () => withWeights(joined(weights, message([4, weightBytes])))),
  wire('sizes in one packed list', /field 1 of the wrong kind/, () => withWeights(message([1, bytes(2, 1)], [2, 1], [8, 'w'], [9, weightBytes]))),
  wire('sizes with trailing zeros', 'answers', () => withWeights(joined(bytes(0x08, 0x82, 0x80, 0x80, 0x00), message([1, 1], [2, 1], [8, 'w'], [9, weightBytes])))),
  wire('a negative size', /negative size/, () => withWeights(declared(-2, -1))),
  wire('sizes of a petabyte', /at most 16000000 are allowed/, () => withWeights(declared(2 ** 25, 2 ** 25))),
  wire('sizes whose product overflows to the right one', /at most 16000000 are allowed/, () => withWeights(declared(2n ** 63n - 1n, 2n ** 63n - 1n, 2))),
  wire('a size of zero', /declares 0 elements and holds 2/, () => withWeights(declared(0, 2 ** 40))),
  wire('a thousand dimensions', /1000 dimensions/, () => withWeights(declared(...Array<number>(998).fill(1), 2, 1))),
  wire('fewer bytes than sizes say', /declares 3 elements and holds 2/, () => withWeights(declared(3, 1))),
  wire('more bytes than sizes say', /declares 1 elements and holds 2/, () => withWeights(declared(1, 1))),
  wire('part of a number', /holds 1\.75/, () => withWeights(joined(message([1, 2], [1, 1], [2, 1], [8, 'w'], [9, weightBytes.subarray(0, 7)])))),
  wire('an element type that nobody has', /element type 999/, () => withWeights(message([1, 2], [1, 1], [2, 999], [8, 'w'], [9, weightBytes]))),
  wire('an element type beyond 32 bits', /element type 4294967297/, () => withWeights(message([1, 2], [1, 1], [2, 2n ** 32n + 1n], [8, 'w'], [9, weightBytes]))),
  wire('texts where numbers should be', /declares 2 elements and holds 1/, () => withWeights(message([1, 2], [1, 1], [2, 8], [8, 'w'], [6, 'x']))),
  wire('weights that are no numbers', /no finite number/, () => withWeights(joined(message([1, 2], [1, 1], [2, 1], [8, 'w'], [9, new Uint8Array(Float32Array.of(NaN, 1).buffer)])))),
  wire('weights that are infinite', /no finite number/, () => withWeights(joined(message([1, 2], [1, 1], [2, 1], [8, 'w'], [9, new Uint8Array(Float32Array.of(1, -Infinity).buffer)])))),
  wire('graphs nested 10,000 deep', /holds a graph/, () => joined(message([1, 8]), message([7, nested(10_000, (inner) => message([1, message([4, 'If'], [5, message([1, 'then_branch'], [6, inner], [20, 5])])]))]))),
  wire('types nested 10,000 deep', /no model of Taxiway has|wrong kind/, () => forgeModel({ inputs: [message([1, 'num'], [2, nested(10_000, (inner) => message([4, message([1, inner])]))])] })),
];
