import { describe, expect, it } from 'vitest';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { openStore } from './open-store.ts';

function definition(store: string | undefined): PipelineDefinition {
  // Only this part is read.
  return { environments: { local: { store } } } as unknown as PipelineDefinition;
}

describe('openStore', () => {
  it('lets the input win over the environment', () => {
    expect(openStore({ given: 'file:///a', environment: 'local', definition: definition('file:///b') }).uri).toBe('file:///a');
    expect(openStore({ given: undefined, environment: 'local', definition: definition('file:///b') }).uri).toBe('file:///b');
  });

  it('opens a bucket without speaking to it', () => {
    expect(openStore({ given: 's3://bucket/taxiway/', environment: undefined, definition: definition(undefined) }).uri).toBe('s3://bucket/taxiway');
  });

  it.each(['s3://Bucket/x', 's3://bucket/../x', 's3://bucket//x'])('refuses %s and says what is allowed', (given) => {
    expect(() => openStore({ given, environment: undefined, definition: definition(undefined) })).toThrow(/s3:\/\/bucket\/prefix/);
  });

  it.each(['ftp://x/y', '/srv/store', 'file://srv/store', 'file:///srv%2Fstore', 'file:///srv%00'])('refuses %s and says what is allowed', (given) => {
    expect(() => openStore({ given, environment: undefined, definition: definition(undefined) })).toThrow(/file:\/\//);
  });

  it('says so where no store is named at all', () => {
    expect(() => openStore({ given: undefined, environment: 'local', definition: definition(undefined) })).toThrow('input "store" is missing');
  });
});
