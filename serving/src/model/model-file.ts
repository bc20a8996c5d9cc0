import { StartError } from '../start-error.ts';
import { protobufFields } from './protobuf-fields.ts';

const decoder = new TextDecoder();

/** Field numbers of onnx.proto3 that are read. */
const modelGraph = 7;
const modelMetadata = 14;
const graphNode = 1;
const graphInitializer = 5;
const graphSparseInitializer = 15;
const nodeAttribute = 5;
const attributeTensors = [5, 10];
const attributeGraphs = [6, 11];
const tensorExternalData = 13;
const tensorDataLocation = 14;
/** Subgraphs nested deeper than this are no model of ours. */
const maximumDepth = 8;

const messages = (message: Uint8Array, fields: readonly number[]): Uint8Array[] =>
  [...protobufFields(message)].flatMap(({ field, value }) => (fields.includes(field) && typeof value !== 'number' ? [value] : []));

function refuseExternalTensor(tensor: Uint8Array): void {
  for (const { field, value } of protobufFields(tensor)) {
    if (field === tensorExternalData || (field === tensorDataLocation && value !== 0)) {
      throw new StartError('the model keeps weights in another file; only a self-contained model is served, because its digest must cover every weight');
    }
  }
}

function refuseExternalData(graph: Uint8Array, depth: number): void {
  if (depth > maximumDepth) throw new StartError(`the model nests graphs deeper than ${maximumDepth}`);
  for (const { field } of protobufFields(graph)) if (field === graphSparseInitializer) throw new StartError('the model holds sparse weights, which are not served');
  for (const tensor of messages(graph, [graphInitializer])) refuseExternalTensor(tensor);
  for (const attribute of messages(graph, [graphNode]).flatMap((node) => messages(node, [nodeAttribute]))) {
    for (const tensor of messages(attribute, attributeTensors)) refuseExternalTensor(tensor);
    for (const subgraph of messages(attribute, attributeGraphs)) refuseExternalData(subgraph, depth + 1);
  }
}

/**
 * The `metadata_props` of an ONNX file, read from its bytes because onnxruntime-node does not hand them out.
 * @throws StartError where the file is not ONNX or leaves weights outside.
 */
export function readModelFile(bytes: Uint8Array): ReadonlyMap<string, string> {
  const graphs = messages(bytes, [modelGraph]);
  if (graphs.length !== 1) throw new StartError('the model file is not valid ONNX: it holds no graph');
  for (const graph of graphs) refuseExternalData(graph, 0);
  const metadata = new Map<string, string>();
  for (const entry of messages(bytes, [modelMetadata])) {
    const [key = '', value = ''] = [1, 2].map((field) => messages(entry, [field]).map((text) => decoder.decode(text)).at(-1) ?? '');
    metadata.set(key, value);
  }
  return metadata;
}
