import { defineConfig } from 'vitest/config';

const shared = { environment: 'node' as const, restoreMocks: true, setupFiles: ['test/property-seed.ts'] };

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['{src,serving/src,local,scripts,bench,cli}/**/*.test.ts', 'test/{hostile-data,hostile-models,point-in-time}/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { ...shared, name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { ...shared, name: 'dist', include: ['test/bundles/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { ...shared, name: 'bad-input', include: ['test/bad-input/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { ...shared, name: 'loop', include: ['test/loop/**/*.test.ts'], testTimeout: 280_000, hookTimeout: 280_000 } },
    ],
  },
});
