import { createOnnxRuntimeEngine } from '../adapters/training-engine/onnxruntime.ts';
import { openCudaEngine } from '../adapters/training-engine/onnxruntime-cuda.ts';
import { openOnnxRuntimeWebEngine } from '../adapters/training-engine/onnxruntime-web.ts';
import { probeGraph } from '../adapters/training-engine/step-probe.ts';
import { openTfjsEngine } from '../adapters/training-engine/tfjs/engine.ts';
import { type EngineName, engineNames, type Training } from '../delaynet/training-schema.ts';
import { UserError } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';

export interface TrainingEngineOptions {
  readonly native: NativeModules;
  readonly logger: Logger;
}

type Opener = (options: TrainingEngineOptions & { readonly pinned: boolean }) => Promise<TrainingEngine>;

/** A small graph is opened first: a library that is there may still not load. */
const openOnnxRuntime: Opener = async ({ native, logger }) => {
  const engine = createOnnxRuntimeEngine(native, { logger });
  await (await engine.openSession(probeGraph())).release();
  return engine;
};

const openers: Readonly<Record<EngineName, Opener>> = {
  'onnxruntime-cuda': ({ native, logger, pinned }) => openCudaEngine(native, { logger, pinned }),
  onnxruntime: openOnnxRuntime,
  tfjs: async ({ native, logger }) => openTfjsEngine(native, { logger }),
  'onnxruntime-web': async ({ native }) => openOnnxRuntimeWebEngine(native),
};

/** The graphics card first, then the fastest on a processor. */
const order: readonly EngineName[] = ['onnxruntime-cuda', 'onnxruntime', 'tfjs', 'onnxruntime-web'];

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';

async function openPinned(name: EngineName, options: TrainingEngineOptions): Promise<ChosenEngine> {
  try {
    return { engine: await openers[name]({ ...options, pinned: true }), why: 'pinned by the pipeline' };
  } catch (cause) {
    if (cause instanceof UserError && cause.code === 'engine-unavailable') throw cause;
    throw new UserError('engine-unavailable', `the engine ${name} cannot be used here: ${reason(cause)}`, { hint: `Install what it needs (docs/training.md), or choose another: auto, ${engineNames.join(', ')}.`, cause });
  }
}

async function openFirst(options: TrainingEngineOptions): Promise<ChosenEngine> {
  const refused: string[] = [];
  for (const name of order) {
    try {
      return { engine: await openers[name]({ ...options, pinned: false }), why: ['the first that can be used', ...refused].join('; ') };
    } catch (cause) {
      refused.push(`${name}: ${reason(cause)}`);
      options.logger.info(`Not training with ${name}: ${reason(cause)}`);
    }
  }
  throw new UserError('engine-unavailable', `no training engine can be used here (${refused.join('; ')})`, { hint: 'Run npm ci in the repository, or in runtime/web for the engine that needs no native library.' });
}

interface ChosenEngine {
  readonly engine: TrainingEngine;
  /** Why this one; with the reasons against those before it. */
  readonly why: string;
}

/**
 * The engine that the pipeline's `training.engine` asks for, chosen when the first graph is opened. `auto` takes the first that
 * can be used and says in one line why each before it cannot; an engine asked for by name is that one or an error.
 * Its sessions throw UserError `engine-unavailable`.
 */
export function openTrainingEngine(wanted: Training['engine'], options: TrainingEngineOptions): TrainingEngine {
  let choosing: Promise<ChosenEngine> | undefined;
  let chosen: ChosenEngine | undefined;
  const choose = async (): Promise<ChosenEngine> => {
    const choice = await (wanted === 'auto' ? openFirst(options) : openPinned(wanted, options));
    options.logger.info(`Training engine: ${choice.engine.description}`);
    chosen = choice;
    return choice;
  };
  return {
    get name() {
      return chosen?.engine.name ?? wanted;
    },
    get description() {
      return chosen === undefined ? `${wanted}, not opened yet` : `${chosen.engine.description} (${chosen.why})`;
    },
    async openSession(model) {
      choosing ??= choose();
      return (await choosing).engine.openSession(model);
    },
  };
}
