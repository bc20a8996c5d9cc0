import type { Column } from '../schema/data.ts';
import { nearest } from '../nearest.ts';
import type { PipelineShape } from '../schema/pipeline.ts';

/** Says that the value at the path breaks a rule: `message` tells what was found and what is allowed. */
export type Report = (path: readonly (string | number)[], message: string) => void;

/** What one section must keep towards another, beyond the shape of each. */
export type Rule = (pipeline: PipelineShape, report: Report) => void;

export interface ColumnDemand {
  readonly name: string;
  /** Where the name is written. */
  readonly path: readonly (string | number)[];
  readonly type?: Column['type'];
  readonly roles?: readonly Column['role'][];
}

/** The column of that name, or undefined after a report of what is wrong with it. */
export function demandColumn(pipeline: PipelineShape, demand: ColumnDemand, report: Report): Column | undefined {
  const { name, path, type, roles } = demand;
  const column = Object.hasOwn(pipeline.columns, name) ? pipeline.columns[name] : undefined;
  const fits = ([, other]: [string, Column]): boolean => (type === undefined || other.type === type) && (roles === undefined || roles.includes(other.role));
  if (column === undefined) {
    const known = Object.entries(pipeline.columns).filter(fits).map(([other]) => other);
    const closest = nearest(name, known);
    const some = known.length > 12 ? `${known.slice(0, 12).join(', ')} and ${known.length - 12} more under columns` : known.join(', ');
    report(path, `found "${name}", which is no column; ${closest.length > 0 ? `did you mean ${closest.join(' or ')}?` : `allowed: ${some}`}`);
    return undefined;
  }
  if (type !== undefined && column.type !== type) {
    report(path, `found "${name}", a column of type ${column.type}; allowed: columns of type ${type}`);
    return undefined;
  }
  if (roles !== undefined && !roles.includes(column.role)) {
    report(path, `found "${name}", a column with the role ${column.role}; allowed: the role ${roles.join(' or ')}`);
    return undefined;
  }
  return column;
}
