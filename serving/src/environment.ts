import { StartError } from './start-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is one that is not set: manifests cannot always leave one out. */
export function setting(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === '' ? undefined : text;
}

export function wholeNumber(environment: Environment, name: string, range: { standard: number; minimum: number; maximum: number }): number {
  const text = setting(environment, name);
  if (text === undefined) return range.standard;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < range.minimum || value > range.maximum) {
    throw new StartError(`${name} is ${JSON.stringify(text)}; allowed is a whole number from ${range.minimum} to ${range.maximum}`);
  }
  return value;
}

/** @returns a number from 0 to 1 @throws StartError */
export function shareSetting(environment: Environment, name: string): number {
  const text = setting(environment, name);
  if (text === undefined) return 1;
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) throw new StartError(`${name} is ${JSON.stringify(text)}; allowed is a share from 0 to 1, such as 0.1`);
  return value;
}

/** @throws StartError naming the variable where it is no SHA-256 */
export function digestSetting(environment: Environment, name: string): string {
  const text = setting(environment, name) ?? '';
  const hexadecimal = text.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(hexadecimal)) {
    throw new StartError(`${name} is ${JSON.stringify(text)}; it must name the model to serve as sha256: and 64 hexadecimal digits`);
  }
  return `sha256:${hexadecimal}`;
}
