import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ParameterValues, SearchSpace } from '../../src/tuning/search-space.ts';
import { peerPython } from '../peer-environment.ts';

export interface PeerSearch {
  readonly space: SearchSpace;
  readonly seed: number;
  readonly trials: number;
  readonly loss: (values: ParameterValues) => number | Promise<number>;
}

export interface OptunaPeer {
  /** The least loss that Optuna's TPE sampler found; the losses are measured here, in this process. */
  best(search: PeerSearch): Promise<number>;
  end(): Promise<void>;
}

export function openOptuna(): OptunaPeer {
  const python = peerPython(join(import.meta.dirname, 'requirements.txt'), 'venv-tuning');
  const child = spawn(python, [join(import.meta.dirname, 'optuna-peer.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const asked = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async best({ space, seed, trials, loss }) {
      child.stdin.write(`${JSON.stringify({ space, seed, trials })}\n`);
      let best = Number.POSITIVE_INFINITY;
      for (let trial = 0; trial < trials; trial += 1) {
        const line = await asked.next();
        if (line.done === true) throw new Error('the Optuna process ended before its trials did');
        const found = await loss(JSON.parse(line.value) as ParameterValues);
        best = Math.min(best, found);
        child.stdin.write(`${JSON.stringify(found)}\n`);
      }
      return best;
    },
    async end() {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
