import { createTransform } from '../../features/features-schema.ts';
import { isKnownBy } from '../moment.ts';
import { demandColumn, type Rule } from './rule.ts';

/** Features are columns of the type their transform reads, each once per transform, and none is known later than the prediction. */
export const featureRules: Rule = (pipeline, report) => {
  const moment = pipeline.data['prediction-time'];
  const seenBy = new Map<string, Set<string>>();
  pipeline.features.forEach((feature, index) => {
    const type = createTransform(feature).input;
    // A time may have several cycles; anything else twice would be one encoding, or one embedding, under two names.
    const key = feature.transform === 'cyclical-time' ? `${feature.transform} ${feature.period}` : feature.transform;
    const seen = seenBy.get(key) ?? new Set<string>();
    seenBy.set(key, seen);
    feature.columns.forEach((name, position) => {
      const path = ['features', index, 'columns', position];
      if (seen.has(name)) report(path, `found "${name}" a second time; allowed: once per transform`);
      seen.add(name);
      const column = pipeline.columns[name];
      // Said first: that a column knows the future matters more than its role.
      if (column !== undefined && !isKnownBy(column.known, moment)) {
        report(path, `found "${name}", known at ${column.known}: later than the prediction at ${moment}; allowed: columns known by then`);
        return;
      }
      demandColumn(pipeline, { name, path, type, roles: ['feature'] }, report);
    });
  });
};
