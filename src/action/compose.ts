import { dirname, join, resolve } from 'node:path';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { createOnnxRuntimeEngine } from '../adapters/training-engine/onnxruntime.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { processStopwatch, type Stopwatch } from '../gate/latency.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { systemClock } from '../ports/clock.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { NativeModuleName } from '../ports/native-modules.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import type { StepContext } from '../steps/step.ts';
import { clockFrom } from './clock-from.ts';
import { findCodeCommit } from './code-commit.ts';
import { codeDigest } from './code-digest.ts';
import { collectImplementations } from './collect-implementations.ts';
import { execCommandRunner } from './command-runner.ts';
import { describeMachine } from './describe-machine.ts';
import { type Environment, openEnvironment } from './environment.ts';
import type { ImplementationTable } from './implementation-table.ts';
import type { LocalEngineInputs, SharedInputs } from './inputs/shared-inputs.ts';
import { installRuntime } from './install-runtime.ts';
import { LocatedNativeModules, optionalModuleFolders } from './native-modules.ts';
import type { EngineOptions } from './open-engines.ts';
import { openStore } from './open-store.ts';
import { openTrainingEngine } from './open-training-engine.ts';

export interface ComposeOptions {
  readonly shared: SharedInputs;
  /** The checkout of the repository that uses the action. */
  readonly workspace: string;
  readonly workDirectory: string;
  readonly logger: Logger;
  readonly native: readonly NativeModuleName[];
}

/** What every action has to hand; the other adapters are opened from it when a step needs them (open-*.ts). */
export interface Edge {
  readonly context: StepContext;
  readonly workspace: string;
  readonly commands: CommandRunner;
  readonly native: LocatedNativeModules;
  readonly registry: ModelRegistry;
  readonly implementations: ImplementationTable;
  /** The checkout of Taxiway that the running bundle belongs to. */
  readonly home: string;
  /** The input `environment`. */
  readonly environmentName: string | undefined;
  /** The environment named by the input. @throws UserError input-invalid where it is missing or unknown */
  environment(): Environment;
  /** The environment's engines, found by the inputs that name them. @throws UserError input-invalid */
  engines(inputs: Partial<LocalEngineInputs>): EngineOptions;
  /** The engine that the pipeline's `training.engine` asks for, chosen when its first graph is opened. */
  trainingEngine(): TrainingEngine;
  /** Judges and scores: always ONNX Runtime on the CPU, as the service runs models. */
  scoringEngine(): TrainingEngine;
  readonly stopwatch: Stopwatch;
}

/** Chooses the adapters: this file and the tables it calls are the only place that does. @throws UserError of inputs, pipeline, plugins and native modules */
export async function compose(options: ComposeOptions): Promise<Edge> {
  const { shared, workspace, workDirectory, logger } = options;
  const commands = execCommandRunner;
  const pipeline = await loadPipeline(resolve(workspace, shared.pipeline), shared.preset === undefined ? {} : { preset: shared.preset });
  const { definition } = pipeline;
  if (shared.environment !== undefined) openEnvironment(shared.environment, definition);
  const store = openStore({ given: shared.store, environment: shared.environment, definition, workDirectory });
  const codeCommit = await findCodeCommit({ announced: process.env['GITHUB_SHA'], workspace, commands });
  // actions/<step>/dist/index.js → the checkout.
  const scriptPath = process.argv[1] ?? join(workspace, 'index.js');
  const home = resolve(dirname(scriptPath), '../../..');
  const native = await findNativeModules(options, { scriptPath, home });
  const asOf = shared['as-of'];
  const clock = asOf === undefined ? systemClock : clockFrom(asOf);
  const context: StepContext = {
    pipeline,
    store,
    artifacts: new ArtifactRepository(store, { commit: codeCommit, machine: describeMachine(), now: () => clock.now() }),
    logger,
    clock,
    native,
    asOf: asOf ?? clock.now(),
    codeCommit,
    code: await codeDigest(scriptPath),
    workDirectory,
  };
  const environment = (): Environment => openEnvironment(shared.environment, definition);
  return {
    context,
    workspace,
    commands,
    native,
    home,
    registry: new StoreModelRegistry({ store, model: definition.name, clock }),
    implementations: await collectImplementations(definition.plugins, workspace),
    environmentName: shared.environment,
    environment,
    engines: (inputs) => ({ section: environment().section, inputs, definition, workspace, commands, clock }),
    trainingEngine: () => openTrainingEngine(definition.training.engine, { native, logger }),
    scoringEngine: () => createOnnxRuntimeEngine(native, { logger }),
    stopwatch: processStopwatch,
  };
}

async function findNativeModules({ workspace, logger, native }: ComposeOptions, paths: { scriptPath: string; home: string }): Promise<LocatedNativeModules> {
  const modules = new LocatedNativeModules({
    workspace,
    scriptPath: paths.scriptPath,
    optionalFolders: [workspace, paths.home].flatMap(optionalModuleFolders),
    logger,
    install: () => installRuntime({ lockFolder: join(paths.home, 'runtime/default'), commands: execCommandRunner, logger }),
  });
  await modules.prepare(native);
  return modules;
}
