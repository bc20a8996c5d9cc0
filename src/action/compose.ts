import { dirname, join, resolve } from 'node:path';
import { createOnnxRuntimeEngine } from '../adapters/training-engine/onnxruntime.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { systemClock } from '../ports/clock.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { NativeModuleName } from '../ports/native-modules.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PluginContext } from '../ports/plugin.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import type { StepContext } from '../steps/step.ts';
import { builtInPlugin } from './built-in-plugin.ts';
import { clockFrom } from './clock-from.ts';
import { findCodeCommit } from './code-commit.ts';
import { execCommandRunner } from './command-runner.ts';
import { type Environment, openEnvironment } from './environment.ts';
import { ImplementationTable } from './implementation-table.ts';
import type { LocalEngineInputs, SharedInputs } from './inputs/shared-inputs.ts';
import { installRuntime } from './install-runtime.ts';
import { loadPlugins } from './load-plugins.ts';
import { LocatedNativeModules } from './native-modules.ts';
import { type EngineOptions, openGitHost, openImageRegistry } from './open-engines.ts';
import { openStore } from './open-store.ts';

export interface ComposeOptions {
  readonly shared: SharedInputs;
  /** The checkout of the repository that uses the action. */
  readonly workspace: string;
  readonly workDirectory: string;
  readonly logger: Logger;
  readonly native: readonly NativeModuleName[];
}

/** Everything an action can hand to its step. Adapters are made when they are asked for. */
export interface Edge {
  readonly context: StepContext;
  readonly workspace: string;
  readonly commands: CommandRunner;
  readonly registry: ModelRegistry;
  readonly implementations: ImplementationTable;
  readonly pluginContext: PluginContext;
  /** The environment named by the input. @throws UserError input-invalid where it is missing or unknown */
  environment(): Environment;
  gitHost(inputs: Partial<LocalEngineInputs>): GitHost;
  imageRegistry(inputs: Partial<LocalEngineInputs>): ImageRegistry;
  trainingEngine(): TrainingEngine;
  notifiers(): readonly Notifier[];
}

/** Chooses the adapters: the only place that does. @throws UserError of inputs, pipeline, plugins and native modules */
export async function compose(options: ComposeOptions): Promise<Edge> {
  const { shared, workspace, workDirectory, logger } = options;
  const commands = execCommandRunner;
  const pipeline = await loadPipeline(resolve(workspace, shared.pipeline));
  const { definition } = pipeline;
  if (shared.environment !== undefined) openEnvironment(shared.environment, definition);
  const store = openStore({ given: shared.store, environment: shared.environment, definition });
  const codeCommit = await findCodeCommit({ announced: process.env['GITHUB_SHA'], workspace, commands });
  const native = await findNativeModules(options);
  const implementations = new ImplementationTable();
  for (const plugin of [builtInPlugin, ...(await loadPlugins(definition.plugins, workspace))]) implementations.register(plugin);
  const asOf = shared['as-of'];
  const clock = asOf === undefined ? systemClock : clockFrom(asOf);
  const context: StepContext = {
    pipeline,
    store,
    artifacts: new ArtifactRepository(store),
    logger,
    clock,
    native,
    asOf: asOf ?? clock.now(),
    codeCommit,
    workDirectory,
  };
  const pluginContext = { logger, native, pipelineFolder: pipeline.folder };
  const environment = (): Environment => openEnvironment(shared.environment, definition);
  const engineOptions = (inputs: Partial<LocalEngineInputs>): EngineOptions => ({
    section: environment().section,
    inputs,
    definition,
    workspace,
    commands,
    clock,
  });
  return {
    context,
    workspace,
    commands,
    registry: new StoreModelRegistry({ store, model: definition.name, clock }),
    implementations,
    pluginContext,
    environment,
    gitHost: (inputs) => openGitHost(engineOptions(inputs)),
    imageRegistry: (inputs) => openImageRegistry(engineOptions(inputs)),
    trainingEngine: () => createOnnxRuntimeEngine(native, { logger }),
    notifiers: () => definition.notifications.map((request) => implementations.create('notifier', request, pluginContext)),
  };
}

async function findNativeModules({ workspace, logger, native }: ComposeOptions): Promise<LocatedNativeModules> {
  const scriptPath = process.argv[1] ?? join(workspace, 'index.js');
  const modules = new LocatedNativeModules({
    workspace,
    scriptPath,
    logger,
    // actions/<step>/dist/index.js → runtime/default of the same checkout of Taxiway.
    install: () => installRuntime({ lockFolder: resolve(dirname(scriptPath), '../../../runtime/default'), commands: execCommandRunner, logger }),
  });
  await modules.prepare(native);
  return modules;
}
