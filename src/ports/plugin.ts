import type { z } from 'zod';
import type { ArtifactStore } from './artifact-store.ts';
import type { DataSource } from './data-source.ts';
import type { Logger } from './logger.ts';
import type { ModelMirror } from './model-mirror.ts';
import type { NativeModules } from './native-modules.ts';
import type { Notifier } from './notifier.ts';

/** What an implementation may use when it is made. */
export interface PluginContext {
  /** What it is called in pipeline.yaml: the source's name, or the type. */
  readonly name: string;
  readonly logger: Logger;
  readonly native: NativeModules;
  /** The folder of pipeline.yaml, absolute. */
  readonly pipelineFolder: string;
  /** Where answers that will not change can be kept between runs. */
  readonly store: ArtifactStore;
}

/** One named implementation of a port: its options as pipeline.yaml gives them (without `type`), and how to make it. */
export interface Implementation<Port, Options = unknown> {
  readonly options: z.ZodType<Options>;
  create(options: Options, context: PluginContext): Port;
}

/** The ports that plugins can add implementations to. */
export interface PluginPorts {
  readonly notifier: Notifier;
  readonly 'data-source': DataSource;
  readonly 'model-mirror': ModelMirror;
}

export type PortName = keyof PluginPorts;

/** A module that adds named implementations to ports. Modules listed in `plugins` of pipeline.yaml export one as their default. */
export interface Plugin {
  /** Names the plugin in messages, e.g. the package's name. */
  readonly name: string;
  readonly implementations: { readonly [Name in PortName]?: Readonly<Record<string, Implementation<PluginPorts[Name]>>> };
}
