import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { type Environment, setting } from '../environment.ts';
import { StartError } from '../start-error.ts';

const roots: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};

/** OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG as OpenTelemetry's specification has them; what it does not have is refused, not guessed. @throws StartError */
export function traceSampler(environment: Environment): Sampler {
  const name = setting(environment, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const text = setting(environment, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const root = roots[name.replace(/^parentbased_/, '')];
  if (root === undefined) throw new StartError(`OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}; allowed are ${Object.keys(roots).flatMap((known) => [known, `parentbased_${known}`]).join(', ')}`);
  const ratio = Number(text);
  if (!(ratio >= 0 && ratio <= 1)) throw new StartError(`OTEL_TRACES_SAMPLER_ARG is ${JSON.stringify(text)}; allowed is a share from 0 to 1`);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root: root(ratio) }) : root(ratio);
}
