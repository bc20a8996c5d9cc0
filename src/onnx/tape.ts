import type { GraphBuilder, Value } from './graph-builder.ts';

/** From the gradient of a node's output to the gradients of its inputs; null where none is needed. */
export type Pullback = (gradient: Value) => readonly (Value | null)[];

interface Step {
  readonly output: Value;
  readonly inputs: readonly Value[];
  readonly pullback: Pullback;
}

/**
 * Reverse-mode automatic differentiation that emits ONNX nodes: operations record how to pull a gradient back, `gradients` walks
 * the record backwards. Nothing is recorded for values that no watched parameter reaches, so the same forward code serves
 * inference at no cost.
 */
export class Tape {
  readonly graph: GraphBuilder;
  readonly #steps: Step[] = [];
  readonly #tracked = new Set<string>();

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  watch(...values: readonly Value[]): void {
    for (const value of values) this.#tracked.add(value.name);
  }

  needs(value: Value): boolean {
    return this.#tracked.has(value.name);
  }

  record(output: Value, inputs: readonly Value[], pullback: Pullback): Value {
    if (inputs.some((input) => this.needs(input))) {
      this.#tracked.add(output.name);
      this.#steps.push({ output, inputs, pullback });
    }
    return output;
  }

  /** Gradients of the scalar `loss` with respect to watched values, in their order. */
  gradients(loss: Value, parameters: readonly Value[]): Value[] {
    const adjoints = new Map<string, Value>([[loss.name, this.graph.scalar(1)]]);
    for (const step of this.#steps.toReversed()) {
      const gradient = adjoints.get(step.output.name);
      if (!gradient) continue;
      const pulled = step.pullback(gradient);
      step.inputs.forEach((input, index) => {
        const part = pulled[index];
        if (!part || !this.needs(input)) return;
        const sum = adjoints.get(input.name);
        adjoints.set(input.name, sum ? this.graph.apply('Add', [sum, part], { shape: input.shape }) : part);
      });
    }
    return parameters.map((parameter) => {
      const gradient = adjoints.get(parameter.name);
      if (!gradient) throw new Error(`the loss does not depend on ${parameter.name}`);
      return gradient;
    });
  }
}
