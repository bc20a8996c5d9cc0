import { z } from 'zod';
import { integer } from '../onnx/attribute-proto.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { FeatureTransform } from './feature-transform.ts';

const weight = (value: number): z.ZodDefault<z.ZodNumber> => z.number().min(0).max(1).default(value);

const weightsSchema = z.strictObject({
  visibility: weight(0.25).describe('(10 − miles) / 10'),
  wind: weight(0.15).describe('(miles per hour − 10) / 20'),
  gust: weight(0.15).describe('(miles per hour − 20) / 20'),
  precipitation: weight(0.2).describe('inches in three hours / 0.5'),
  freezing: weight(0.15).describe('precipitation at 32 °F or below'),
  convective: weight(0.1).describe('at least 0.1 inch in an hour at 65 °F or above'),
});

const schema = z.strictObject({
  transform: z.literal('weather-severity').describe('One number from 0 to 1 for how hard the weather makes flying; each part is clipped to 0…1 and counts with its weight.'),
  columns: z.array(z.string()).length(6, 'must be six columns').describe('In this order: visibility in miles, wind and gust in miles per hour, precipitation of three hours and of one in inches, temperature in °F.'),
  weights: weightsSchema.prefault({}),
});

export type SeverityWeights = z.infer<typeof weightsSchema>;

/** A weighted index of the weather. A part whose measurement is missing counts 0: a calm hour has no gust to report. */
export const weatherSeverity = {
  schema,
  create: ({ columns, weights }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: () => ({}),
    addTo: ({ graph, numbers, missing }) => {
      const shape = ['rows', 1];
      const at = (place: number): string[] => columns.slice(place, place + 1);
      const zeroWhere = (condition: Value, value: Value): Value => graph.apply('Where', [condition, graph.scalar(0), value], { shape, type: 'float' });
      const ramp = (place: number, options: { readonly from: number; readonly over: number }): Value => {
        const shifted = graph.apply('Sub', [numbers(at(place)), graph.scalar(options.from)], { shape });
        const scaled = graph.apply('Div', [shifted, graph.scalar(options.over)], { shape });
        return zeroWhere(missing(at(place)), graph.apply('Clip', [scaled, graph.scalar(0), graph.scalar(1)], { shape }));
      };
      const reaches = (left: Value, right: Value): Value => graph.apply('GreaterOrEqual', [left, right], { shape, type: 'bool' });
      const step = (condition: Value, place: number): Value => zeroWhere(missing(at(place)), graph.apply('Where', [condition, graph.scalar(1), graph.scalar(0)], { shape, type: 'float' }));
      const [rain, degrees] = [numbers(at(4)), numbers(at(5))];
      const rains = zeroWhere(missing(at(4)), zeroWhere(reaches(graph.scalar(0), rain), graph.scalar(1)));
      const parts: [Value, number][] = [
        [ramp(0, { from: 10, over: -10 }), weights.visibility],
        [ramp(1, { from: 10, over: 20 }), weights.wind],
        [ramp(2, { from: 20, over: 20 }), weights.gust],
        [ramp(3, { from: 0, over: 0.5 }), weights.precipitation],
        [graph.apply('Mul', [rains, step(reaches(graph.scalar(32), degrees), 5)], { shape }), weights.freezing],
        [graph.apply('Mul', [step(reaches(rain, graph.scalar(0.1)), 4), step(reaches(degrees, graph.scalar(65)), 5)], { shape }), weights.convective],
      ];
      const table = graph.apply('Concat', parts.map(([part]) => part), { shape: ['rows', parts.length], attributes: { axis: integer(1) } });
      const value = graph.apply('MatMul', [table, graph.constant({ type: 'float', shape: [parts.length, 1], data: parts.map(([, share]) => share) })], { shape });
      return { dense: { value, names: ['weather-severity'] } };
    },
  }),
};

/** The same index in plain arithmetic; the graph is tested against it. NaN is missing. */
export function severityIndex(measured: readonly number[], weights: SeverityWeights): number {
  const [visibility = NaN, wind = NaN, gust = NaN, threeHours = NaN, hour = NaN, degrees = NaN] = measured;
  const share = (value: number): number => (Number.isNaN(value) ? 0 : Math.max(0, Math.min(1, value)));
  return (
    weights.visibility * share((10 - visibility) / 10) +
    weights.wind * share((wind - 10) / 20) +
    weights.gust * share((gust - 20) / 20) +
    weights.precipitation * share(threeHours / 0.5) +
    weights.freezing * (hour > 0 && degrees <= 32 ? 1 : 0) +
    weights.convective * (hour >= Math.fround(0.1) && degrees >= 65 ? 1 : 0)
  );
}
