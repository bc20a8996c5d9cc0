import { builtInPlugin } from './built-in-plugin.ts';
import { ImplementationTable } from './implementation-table.ts';
import { loadPlugins } from './load-plugins.ts';

/** What Taxiway brings and what the pipeline's plugins add. @throws UserError plugin-invalid */
export async function collectImplementations(plugins: readonly string[], workspace: string): Promise<ImplementationTable> {
  const table = new ImplementationTable();
  table.register(builtInPlugin);
  for (const plugin of await loadPlugins(plugins, workspace)) table.register(plugin);
  return table;
}
