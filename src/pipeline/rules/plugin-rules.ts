import type { Rule } from './rule.ts';

/** What Taxiway brings itself. Other names come from plugins, and whether one brings them is known once they are loaded. */
const builtInNotifiers = ['log'];

/** A name that nobody can bring is a mistake of the file. */
export const pluginRules: Rule = (pipeline, report) => {
  if (pipeline.plugins.length > 0) return;
  pipeline.notifications.forEach(({ type }, index) => {
    if (!builtInNotifiers.includes(type)) report(['notifications', index, 'type'], `found "${type}"; allowed: ${builtInNotifiers.join(', ')}`);
  });
};
