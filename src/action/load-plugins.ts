import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { Plugin } from '../ports/plugin.ts';
import { requireFrom } from './require-from.ts';

const implementationShape = z.custom<object>((value) => typeof value === 'object' && value !== null && 'options' in value && 'create' in value, 'needs options and create');

const pluginShape = z.strictObject({
  name: z.string().min(1),
  implementations: z.strictObject({
    notifier: z.record(z.string(), implementationShape).optional(),
    'data-source': z.record(z.string(), implementationShape).optional(),
    'model-mirror': z.record(z.string(), implementationShape).optional(),
  }),
});

/** Loads the modules under `plugins` of pipeline.yaml: a path in the repository (./…) or the name of an installed package. @throws UserError plugin-invalid */
export async function loadPlugins(names: readonly string[], workspace: string): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  for (const name of names) plugins.push(await loadPlugin(name, workspace));
  return plugins;
}

async function loadPlugin(name: string, workspace: string): Promise<Plugin> {
  const path = name.startsWith('.') ? repositoryPath(name, workspace) : packagePath(name, workspace);
  let module: unknown;
  try {
    // A bundler must leave this import alone: the module belongs to the user's repository.
    module = await import(/* webpackIgnore: true */ pathToFileURL(path).href);
  } catch (cause) {
    throw new UserError('plugin-invalid', `plugin "${name}" (${path}) does not load: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: 'Run the module with node to see what is wrong.',
      cause,
    });
  }
  const exported = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  const parsed = pluginShape.safeParse(exported);
  if (parsed.success) return exported as Plugin;
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'default export'}: ${issue.message}`);
  throw new UserError('plugin-invalid', `plugin "${name}" exports no plugin by default: ${mistakes.join('; ')}`, {
    hint: 'Export { name, implementations: { notifier: { … } } } as the default; src/ports/plugin.ts documents it.',
  });
}

function repositoryPath(name: string, workspace: string): string {
  const path = resolve(workspace, name);
  const inside = relative(workspace, path);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new UserError('plugin-invalid', `plugin "${name}" is outside the repository`, { hint: 'Name a file below the repository root, e.g. ./plugins/chat.ts.' });
  }
  if (!existsSync(path)) throw new UserError('plugin-invalid', `plugin "${name}": no file ${path}`, { hint: 'Paths of plugins start at the repository root.' });
  return path;
}

function packagePath(name: string, workspace: string): string {
  try {
    return requireFrom(join(workspace, 'package.json')).resolve(name);
  } catch (cause) {
    throw new UserError('plugin-invalid', `plugin "${name}" is no package installed in ${workspace}`, { hint: 'Install it with npm, or write a path that starts with ./', cause });
  }
}
