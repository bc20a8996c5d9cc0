import { basename, join } from 'node:path';
import { attributeProto, subgraph } from '../../src/onnx/attribute-proto.ts';
import { graphProto, valueInfoProto } from '../../src/onnx/model-proto.ts';
import { model, type CorpusModel } from './corpus-model.ts';
import { externalWeights, forgeModel, joined, message, node, nodeWith, tensorAttribute, weightBytes, type Forgery } from './forge-model.ts';

/** Files that lie where the models are opened: of the right size, so that a model whose weights they were would open; who reads the pipe waits for ever. */
export const canaries = { relative: 'canary.bin', link: 'link.bin', pipe: 'pipe.bin' } as const;

const anotherFile = /keeps its data in another file/;
const external = (name: string, location: string | ((folder: string) => string)): CorpusModel =>
  model(`outside: weights at ${name}`, anotherFile, (folder) => forgeModel({ weights: externalWeights(typeof location === 'string' ? location : location(folder)) }));
const between = (name: string, outcome: RegExp, make: () => Forgery): CorpusModel => model(`outside: ${name}`, outcome, () => forgeModel(make()));

const branch = (initializer: Uint8Array): Uint8Array =>
  graphProto('branch', { nodes: [node('Add', { inputs: ['z', 'inner'], outputs: ['chosen'] })], initializers: [initializer], inputs: [], outputs: [valueInfoProto('chosen', 'float', ['rows', 1])] });

const body = (): Uint8Array => branch(externalWeights('canary.bin', 'inner'));

/** Ways in which a model may name a file, or code, that is not in it. */
export const outsideCorpus: readonly CorpusModel[] = [
  external('an absolute path', '/etc/passwd'),
  external('an absolute path of the right size', (folder) => join(folder, canaries.relative)),
  external('a relative path', canaries.relative),
  external('a path that climbs', (folder) => `../${basename(folder)}/${canaries.relative}`),
  external('a link', canaries.link),
  external('a pipe', canaries.pipe),
  external('a device', '/dev/zero'),
  external('an empty path', ''),
  external('a path with a NUL byte', `${canaries.relative}\0.txt`),
  external('the address of a page', 'https://example.org/weights.bin'),
  external('the marker of memory addresses', '*/_ORT_MEM_ADDR_/*'),
  between('weights elsewhere without a place', anotherFile, () => ({ weights: message([1, 2], [1, 1], [2, 1], [8, 'w'], [14, 1]) })),
  between('weights here that say they are elsewhere too', anotherFile, () => ({ weights: joined(message([1, 2], [1, 1], [2, 1], [8, 'w'], [9, weightBytes]), message([13, message([1, 'location'], [2, canaries.relative])])) })),
  between('a place of data that is unknown', anotherFile, () => ({ weights: joined(message([1, 2], [1, 1], [2, 1], [8, 'w'], [9, weightBytes]), message([14, 7])) })),
  between('a place of data given twice', anotherFile, () => ({ weights: joined(message([14, 0]), externalWeights(canaries.relative)) })),
  between('sparse weights', /sparse tensors/, () => ({ graphTail: message([15, message([1, externalWeights(canaries.relative, 'sparse')], [2, externalWeights(canaries.relative, 'at')], [3, 4])]) })),
  between('a constant whose value is elsewhere', /field 5, which no model of Taxiway has/, () => ({
    between: [nodeWith('Constant', { inputs: [], outputs: ['k'] }, tensorAttribute('value', externalWeights(canaries.relative))), node('Add', { inputs: ['z', 'k'], outputs: ['y'] })],
  })),
  between('a sparse constant whose value is elsewhere', /field 22, which no model of Taxiway has/, () => ({
    between: [nodeWith('Constant', { inputs: [], outputs: ['k'] }, message([1, 'sparse_value'], [22, message([1, externalWeights(canaries.relative)])], [20, 11])), node('Identity', { inputs: ['z'], outputs: ['y'] })],
  })),
  between('a branch whose weights are elsewhere', /holds a graph/, () => ({ between: [joined(node('If', { inputs: ['c'], outputs: ['y'] }), message([5, attributeProto('then_branch', subgraph(body()))], [5, attributeProto('else_branch', subgraph(body()))]))] })),
  between('a loop whose weights are elsewhere', /holds a graph/, () => ({ between: [nodeWith('Loop', { inputs: ['', '', 'z'], outputs: ['y'] }, attributeProto('body', subgraph(body())))] })),
  between('a scan whose weights are elsewhere', /holds a graph/, () => ({ between: [nodeWith('Scan', { inputs: ['z'], outputs: ['y'] }, attributeProto('body', subgraph(body())))] })),
  between('a list of graphs', /field 11, which no model of Taxiway has/, () => ({ between: [nodeWith('Identity', { inputs: ['z'], outputs: ['y'] }, message([1, 'graphs'], [11, body()], [20, 10]))] })),
  between('a function of its own', /functions of its own/, () => ({ modelTail: message([25, message([1, 'f'], [4, 'a'], [5, 'b'], [7, nodeWith('Constant', { inputs: [], outputs: ['b'] }, tensorAttribute('value', externalWeights(canaries.relative)))], [10, 'own'])]) })),
  between('training information', /training information/, () => ({ modelTail: message([20, message([1, body()])]) })),
  between('an operator that holds a compiled model elsewhere', /field 4, which no model of Taxiway has/, () => ({
    opsets: [['', 17], ['ai.onnx.ml', 3], ['com.microsoft', 1]],
    between: [joined(node('EPContext', { inputs: ['z'], outputs: ['y'] }, { domain: 'com.microsoft' }), message([5, message([1, 'ep_cache_context'], [4, canaries.relative], [20, 3])]))],
  })),
  between('an operator of another maker', /the operator set "com\.microsoft"/, () => ({
    opsets: [['', 17], ['ai.onnx.ml', 3], ['com.microsoft', 1]],
    between: [node('Gelu', { inputs: ['z'], outputs: ['y'] }, { domain: 'com.microsoft' })],
  })),
  between('an operator of another maker whose operator set is not named', /"com\.microsoft\.Gelu" is not one that is served/, () => ({ between: [node('Gelu', { inputs: ['z'], outputs: ['y'] }, { domain: 'com.microsoft' })] })),
  between('an operator that nobody has', /"Frobnicate" is not one that is served/, () => ({ between: [node('Frobnicate', { inputs: ['z'], outputs: ['y'] })] })),
  between('an operator that draws at random', /"RandomUniformLike" is not one/, () => ({ between: [node('RandomUniformLike', { inputs: ['z'], outputs: ['y'] })] })),
];
