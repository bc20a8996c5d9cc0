import { Counter, Gauge, type Registry } from 'prom-client';
import type { MountedOperatingPoint } from './mounted-operating-point.ts';
import type { ReloadResult } from './mounted-operating-point.ts';

/** What decides, and whether the mounted file is heeded. @returns to be told of every reload */
export function operatingPointMetrics(registry: Registry, operatingPoint: Pick<MountedOperatingPoint, 'current' | 'refused'>): (result: ReloadResult) => void {
  const registers = [registry];
  new Gauge({
    registers,
    name: 'taxiway_operating_point_info',
    help: 'The operating point that decides; always 1.',
    labelNames: ['id', 'source'],
    collect() {
      this.reset();
      this.set({ id: operatingPoint.current.id, source: operatingPoint.current.source }, 1);
    },
  });
  new Gauge({
    registers,
    name: 'taxiway_operating_point_threshold',
    help: 'Probabilities at or above it are decision 1.',
    collect() {
      this.set(operatingPoint.current.threshold);
    },
  });
  new Gauge({
    registers,
    name: 'taxiway_operating_point_refused',
    help: '1 while the mounted file cannot be used and the former operating point holds.',
    collect() {
      this.set(operatingPoint.refused === undefined ? 0 : 1);
    },
  });
  const reloads = new Counter({ registers, name: 'taxiway_operating_point_reloads_total', help: 'Mounted operating points that were applied or refused.', labelNames: ['result'] });
  for (const result of ['applied', 'refused']) reloads.inc({ result }, 0);
  return (result) => reloads.inc({ result });
}
