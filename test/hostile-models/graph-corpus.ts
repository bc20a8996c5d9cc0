import { integer, integers, strings } from '../../src/onnx/attribute-proto.ts';
import { valueInfoProto } from '../../src/onnx/model-proto.ts';
import { tensorProto } from '../../src/onnx/tensor-proto.ts';
import { model, type CorpusModel } from './corpus-model.ts';
import { forgeModel, honestInputs, honestOutput, node, whole, type Forgery } from './forge-model.ts';

const graph = (name: string, outcome: CorpusModel['outcome'], forgery: () => Forgery): CorpusModel => model(`graph: ${name}`, outcome, () => forgeModel(forgery()));
const step = (operator: string, inputs: readonly string[], output: string): Uint8Array => node(operator, { inputs, outputs: [output] });

/** `count` nodes, each of which takes the one before it (twice where `twice`), from z to y. */
function chain(operator: string, count: number, options: { readonly twice?: boolean; readonly axis?: number } = {}): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const from = index === 0 ? 'z' : `v${index}`;
    const inputs = options.twice === true ? [from, from] : [from];
    return node(operator, { inputs, outputs: [index === count - 1 ? 'y' : `v${index + 1}`] }, options.axis === undefined ? {} : { attributes: { axis: integer(options.axis) } });
  });
}

/** Each would answer a row by the rows that are asked about beside it. */
const mixedRows: readonly CorpusModel[] = [
  ...['ReduceMax', 'ReduceMean', 'ReduceMin'].map((operator) => ({ name: operator, between: node(operator, { inputs: ['z'], outputs: ['m'] }, { attributes: { axes: integers([0]) } }) })),
  { name: 'ReduceSum', between: node('ReduceSum', { inputs: ['z', 'at'], outputs: ['m'] }) },
  { name: 'ReduceMean from the last axis', between: node('ReduceMean', { inputs: ['z'], outputs: ['m'] }, { attributes: { axes: integers([-2]) } }) },
  { name: 'Softmax', between: node('Softmax', { inputs: ['z'], outputs: ['m'] }, { attributes: { axis: integer(0) } }) },
  { name: 'LogSoftmax', between: node('LogSoftmax', { inputs: ['z'], outputs: ['m'] }, { attributes: { axis: integer(-2) } }) },
  { name: 'Gather', between: node('Gather', { inputs: ['z', 'at'], outputs: ['m'] }, { attributes: { axis: integer(0) } }) },
  { name: 'Gemm', between: node('Gemm', { inputs: ['z', 'z'], outputs: ['m'] }, { attributes: { transA: integer(1) } }) },
].map(({ name, between }) => graph(`${name} over the rows`, /mixes the rows of a request/, () => ({ initializers: [whole('at', [0])], between: [between, step('Sub', ['z', 'm'], 'y')] })));

const long = 'x'.repeat(5 * 2 ** 20);

/** Graphs that say one thing and mean another, or that ask for more than a machine has. */
export const graphCorpus: readonly CorpusModel[] = [
  graph('IR version 99', /IR version 99/, () => ({ irVersion: 99 })),
  graph('IR version 0', /IR version 0/, () => ({ irVersion: 0 })),
  graph('operator set 1', /version 1 of the operator set ""/, () => ({ opsets: [['', 1]] })),
  graph('operator set 99', /version 99 of the operator set ""/, () => ({ opsets: [['', 99]] })),
  graph('no operator set', /names no operator set/, () => ({ opsets: [] })),
  graph('an operator set twice', /operator set "" twice/, () => ({ opsets: [['', 17], ['', 16]] })),
  graph('an operator set named like the prototype of an object', /operator set "__proto__"/, () => ({ opsets: [['', 17], ['__proto__', 1]] })),
  graph('no description', /no taxiway\.model in its metadata/, () => ({ description: null })),
  graph('a description that is no JSON', /taxiway\.model is malformed/, () => ({ description: '{' })),
  graph('a description of other columns', /invalid dimensions|Got: 1/, () => ({ description: JSON.stringify({ schema: 'taxiway/model/v1', inputs: { num: ['delay'], cat: ['carrier'] }, label: 'delayed', features: [{ transform: 'numeric', columns: ['delay'] }], encoded: [], embedded: [], calibration: { slope: 1, offset: 0 }, parameters: 3 }) })),
  graph('metadata of five megabytes', /metadata has more than/, () => ({ metadata: { 'taxiway.note': long } })),
  graph('an input of another name', /"numbers" is neither/, () => ({ inputs: [valueInfoProto('numbers', 'float', ['rows', 2])] })),
  graph('an input of another type', /"num" is neither/, () => ({ inputs: [valueInfoProto('num', 'string', ['rows', 2])] })),
  graph('an input of another rank', /"num" is neither/, () => ({ inputs: [valueInfoProto('num', 'float', ['rows', 2, 1])] })),
  graph('an input for one row', /"num" is neither/, () => ({ inputs: [valueInfoProto('num', 'float', [1, 2])] })),
  graph('an input with a width of 2^40', /sizes do not fit|more than/, () => ({ inputs: [valueInfoProto('num', 'float', ['rows', 2 ** 40]), valueInfoProto('cat', 'string', ['rows', 1])] })),
  graph('no output', /no output probability/, () => ({ outputs: [] })),
  graph('an output that nothing makes', /output "other" is not \[rows, 1\]/, () => ({ outputs: [honestOutput, valueInfoProto('other', 'float', ['rows', 1])] })),
  graph('an output of another shape', /output "z" is not float \[rows, 1\]/, () => ({ outputs: [honestOutput, valueInfoProto('z', 'float', ['rows', 9])] })),
  graph('a weight that is an input too', /input "w" is neither/, () => ({ inputs: [...honestInputs, valueInfoProto('w', 'float', ['rows', 2])] })),
  graph('a weight named like an input', /two values are named "num"/, () => ({ initializers: [tensorProto('num', { type: 'float', shape: [1, 1], data: [0] })] })),
  graph('two nodes that make one value', /two values are named "y"/, () => ({ between: [step('Identity', ['z'], 'y'), step('Neg', ['z'], 'y')] })),
  graph('a circle', /nothing before it makes/, () => ({ between: [step('Add', ['z', 'b'], 'a'), step('Add', ['a', 'z'], 'b'), step('Identity', ['a'], 'y')] })),
  graph('a value that nothing makes', /takes "ghost", which nothing before it makes/, () => ({ between: [step('Add', ['z', 'ghost'], 'y')] })),
  graph('a node without inputs', /takes nothing/, () => ({ between: [step('Identity', [], 'y')] })),
  graph('a node with an input too few', /the engine cannot open it/, () => ({ between: [step('Add', ['z'], 'y')] })),
  graph('a node with an output too many', /has 2 outputs/, () => ({ between: [node('Identity', { inputs: ['z'], outputs: ['y', 'more'] })] })),
  graph('an attribute that the operator does not have', /the engine cannot open it/, () => ({ between: [node('Identity', { inputs: ['z'], outputs: ['y'] }, { attributes: { surprise: integer(1) } })] })),
  graph('an axis that is not there', /the axis 7 of 2/, () => ({ between: [node('Concat', { inputs: ['z'], outputs: ['y'] }, { attributes: { axis: integer(7) } })] })),
  graph('numbers beyond what a float holds', 'answers', () => ({ initializers: [tensorProto('big', { type: 'float', shape: [1, 1], data: [3e38] })], between: [step('Mul', ['z', 'big'], 'p'), step('Mul', ['p', 'big'], 'y')] })),
  graph('an infinity less itself', /answers NaN, which is no probability/, () => ({ initializers: [tensorProto('big', { type: 'float', shape: [1, 1], data: [3e38] })], between: [step('Mul', ['z', 'big'], 'p'), step('Mul', ['p', 'big'], 'q'), step('Sub', ['q', 'q'], 'y')] })),
  graph('an index outside a table', /out of data bounds/, () => ({ initializers: [whole('at', [9])], between: [node('Gather', { inputs: ['z', 'at'], outputs: ['y'] }, { attributes: { axis: integer(1) } })] })),
  ...mixedRows,
  graph('a reduction of no axis, which is one of all', /names no axis to reduce/, () => ({ initializers: [whole('none', [])], between: [step('ReduceSum', ['z', 'none'], 'm'), step('Sub', ['z', 'm'], 'y')] })),
  graph('6,000 nodes', /6006 nodes, at most 5000/, () => ({ between: chain('Identity', 6000) })),
  graph('4,000 nodes', 'answers', () => ({ between: chain('Identity', 4000) })),
  graph('a value that doubles forty times', /more than 12288 values/, () => ({ between: chain('Concat', 40, { twice: true, axis: 1 }) })),
  graph('rows times rows', /square of the rows/, () => ({ initializers: [whole('front', [1]), whole('last', [1])], between: [step('Unsqueeze', ['z', 'front'], 'u'), step('Squeeze', ['z', 'last'], 's'), step('Mul', ['u', 's'], 'y')] })),
  graph('a product of all columns with all columns', /more than|sizes do not fit/, () => ({
    initializers: [tensorProto('wide', { type: 'float', shape: [1, 30_000], data: new Float32Array(30_000) }), tensorProto('tall', { type: 'float', shape: [30_000, 30], data: new Float32Array(900_000) })],
    between: [step('Mul', ['z', 'wide'], 'a'), ...Array.from({ length: 60 }, (_, index) => step('MatMul', ['a', 'tall'], `p${index}`)), step('Identity', ['z'], 'y')],
  })),
  graph('a constant of a billion numbers made of a few', /more than/, () => ({
    initializers: [tensorProto('wide', { type: 'float', shape: [1, 30_000], data: new Float32Array(30_000) }), tensorProto('tall', { type: 'float', shape: [30_000, 1], data: new Float32Array(30_000) })],
    between: [step('Mul', ['wide', 'tall'], 'huge'), step('Identity', ['z'], 'y')],
  })),
  graph('a one-hot encoding of 2^40 columns', /more than|operations/, () => ({
    initializers: [tensorProto('depth', { type: 'int64', shape: [1], data: [2 ** 40] }), tensorProto('ends', { type: 'float', shape: [2], data: [0, 1] }), whole('ids', [0])],
    between: [step('OneHot', ['ids', 'depth', 'ends'], 'wide'), step('Identity', ['z'], 'y')],
  })),
  ...['ConstantOfShape', 'Expand', 'Tile', 'Range', 'Pad', 'Resize', 'Upsample', 'SequenceEmpty', 'SplitToSequence', 'StringConcat', 'NonZero', 'EyeLike', 'Loop', 'If', 'Scan'].map((operator) =>
    graph(`${operator}, which makes sizes of values or repeats what it is told`, new RegExp(`"${operator}" is not one that is served`), () => ({
      initializers: [whole('sizes', [2 ** 40, 2 ** 20])],
      between: [node(operator, { inputs: ['sizes', 'sizes'], outputs: ['y'] }, { attributes: { axes: integers([0]) } })],
    }))),
  graph('a long text', /holds texts/, () => ({ initializers: [tensorProto('text', { type: 'string', shape: [1], data: [long] })], between: [step('Add', ['z', 'text'], 'y')] })),
  graph('a long text for every row', /a look-up gives texts/, () => ({
    between: [node('LabelEncoder', { inputs: ['cat'], outputs: ['long'] }, { domain: 'ai.onnx.ml', attributes: { keys_strings: strings(['AA']), values_strings: strings([long]), default_string: { kind: 'strings', value: [long] } } }), step('Identity', ['z'], 'y')],
  })),
  graph('numbers made texts', /cast to a type/, () => ({ between: [node('Cast', { inputs: ['z'], outputs: ['s'] }, { attributes: { to: integer(8) } }), step('Identity', ['z'], 'y')] })),
  graph('a text repeated 2,000 times for every row', /more than 12288 values/, () => ({ initializers: [whole('at', Array<number>(2000).fill(0))], between: [node('Gather', { inputs: ['cat', 'at'], outputs: ['many'] }, { attributes: { axis: integer(1) } }), step('Identity', ['z'], 'y')] })),
  graph('escape sequences of a terminal in a name', /control characters/, () => ({ between: [step('Identity', ['z'], 'y'), step('Neg', ['z'], '\u001b[31mred')] })),
  graph('a name of a megabyte', /too long/, () => ({ between: [step('Identity', ['z'], 'y'), step('Neg', ['z'], 'x'.repeat(2 ** 20))] })),
  graph('a description of a hundred thousand wrong features', /characters long/, () => ({ description: JSON.stringify({ schema: 'taxiway/model/v1', features: Array.from({ length: 100_000 }, () => ({ transform: 0 })) }) })),
  graph('a description of five thousand wrong features', /taxiway\.model is malformed/, () => ({ description: JSON.stringify({ schema: 'taxiway/model/v1', features: Array.from({ length: 5000 }, () => ({ transform: 0 })) }) })),
  graph('a description nested a hundred thousand deep', /taxiway\.model is malformed/, () => ({ description: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })),
  graph('a description nested a million deep', /characters long/, () => ({ description: `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}` })),
  graph('a hundred thousand small tensors', /more than/, () => ({ initializers: Array.from({ length: 100_000 }, (_, index) => tensorProto(`t${index}`, { type: 'float', shape: [1], data: [0] })) })),
];
