import type { Rule } from './rule.ts';

const builtInMirrors = ['mlflow'];

/** Which version a mirror calls champion must be plain, and its type one that somebody brings. */
export const mirrorRules: Rule = ({ mirror, environments, plugins }, report) => {
  if (mirror === undefined) return;
  const names = Object.keys(environments).sort();
  if (plugins.length === 0 && !builtInMirrors.includes(mirror.type)) report(['mirror', 'type'], `found "${mirror.type}"; allowed: ${builtInMirrors.join(', ')}`);
  if (mirror.environment !== undefined && !names.includes(mirror.environment)) {
    report(['mirror', 'environment'], `found "${mirror.environment}", which is no environment; allowed: ${names.join(', ')}`);
  }
  if (mirror.environment === undefined && names.length > 1 && !names.includes('production')) {
    report(['mirror'], `names no environment, and none of several is called production; allowed: environment: ${names.join(' or ')}`);
  }
};
