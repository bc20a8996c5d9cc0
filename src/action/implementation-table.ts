import { UserError } from '../errors.ts';
import type { Implementation, Plugin, PluginContext, PluginPorts, PortName } from '../ports/plugin.ts';

/** What pipeline.yaml says about one implementation: its name under `type` and its options. */
export interface ImplementationRequest {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Name → implementation per port, from the built-in plugin and those of the pipeline. A name can be taken once. */
export class ImplementationTable {
  private readonly implementations = new Map<string, { readonly plugin: string; readonly entry: Implementation<unknown> }>();

  /** @throws UserError plugin-invalid where a name is already taken */
  register(plugin: Plugin): void {
    for (const [port, entries] of Object.entries(plugin.implementations)) {
      for (const [name, entry] of Object.entries<Implementation<unknown>>(entries)) {
        const key = `${port}/${name}`;
        const owner = this.implementations.get(key);
        if (owner !== undefined) {
          throw new UserError('plugin-invalid', `plugin ${plugin.name} adds ${port} "${name}", which ${owner.plugin} already adds`, {
            hint: 'Give the implementation another name.',
          });
        }
        this.implementations.set(key, { plugin: plugin.name, entry });
      }
    }
  }

  names(port: PortName): string[] {
    return [...this.implementations.keys()].filter((key) => key.startsWith(`${port}/`)).map((key) => key.slice(port.length + 1)).sort();
  }

  /** @throws UserError implementation-unknown, pipeline-invalid */
  create<Name extends PortName>(port: Name, request: ImplementationRequest, context: PluginContext): PluginPorts[Name] {
    const { type, ...options } = request;
    const found = this.implementations.get(`${port}/${type}`);
    if (found === undefined) {
      throw new UserError('implementation-unknown', `no ${port} is called "${type}"; known: ${this.names(port).join(', ')}`, {
        hint: 'Correct the name in pipeline.yaml, or list the plugin that adds it under plugins.',
      });
    }
    const parsed = found.entry.options.safeParse(options);
    if (!parsed.success) {
      const mistakes = parsed.error.issues.map((issue) => `${[port, type, ...issue.path.map(String)].join('.')}: ${issue.message}`);
      throw new UserError('pipeline-invalid', mistakes.join('\n'), { hint: `These are options of plugin ${found.plugin}.` });
    }
    // The key was registered under this port by a plugin whose type says what its implementations make.
    return found.entry.create(parsed.data, context) as PluginPorts[Name];
  }
}
