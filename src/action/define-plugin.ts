import type { z } from 'zod';
import type { Implementation, Plugin, PluginContext } from '../ports/plugin.ts';

/** Gives a plugin its types; built-in implementations are registered through it too. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** Ties an implementation to the type its options have once parsed. */
export function implementation<Port, Schema extends z.ZodType>(
  options: Schema,
  create: (options: z.output<Schema>, context: PluginContext) => Port,
): Implementation<Port> {
  return { options, create: (given, context) => create(options.parse(given), context) };
}
