import { arch, cpus, platform } from 'node:os';

/** Processor, system and runtime as one line: who compares two trainings bit for bit must know whether they ran on the same. */
export function describeMachine(): string {
  const processor = cpus()[0]?.model.trim().replace(/\s+/g, ' ');
  return [processor === undefined || processor === '' ? 'unknown processor' : processor, `${platform()} ${arch()}`, `Node ${process.versions.node}`].join(', ');
}
