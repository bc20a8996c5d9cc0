/** The layers of docs/architecture.md: actions → src/action → src/steps → domain; only the edge knows adapters. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-the-edge-knows-adapters',
      comment: 'Domain and steps get ports passed in; src/action/compose.ts and its parts choose the adapters.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(action|adapters)/', '\\.test\\.ts$'] },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'only-the-edge-knows-the-runner',
      severity: 'error',
      from: { path: '^(src|serving)/', pathNot: '^src/(action|adapters)/' },
      to: { path: 'node_modules/@actions/' },
    },
    { name: 'nothing-below-knows-the-edge', severity: 'error', from: { path: '^src/', pathNot: '^src/action/' }, to: { path: '^src/action/' } },
    {
      name: 'domain-does-not-know-steps',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(action|steps)/', '\\.test\\.ts$'] },
      to: { path: '^src/steps/', pathNot: '^src/steps/step\\.ts$' },
    },
    { name: 'ports-stand-alone', severity: 'error', from: { path: '^src/ports/' }, to: { path: '^src/', pathNot: '^src/(ports|artifacts|errors)' } },
    { name: 'serving-ships-alone', severity: 'error', from: { path: '^serving/src/', pathNot: '\\.test\\.ts$' }, to: { path: '^(src|local|actions|test)/' } },
    { name: 'src-does-not-know-its-users', severity: 'error', from: { path: '^src/', pathNot: '\\.test\\.ts$' }, to: { path: '^(actions|serving|local|cli|scripts|test|bench|e2e)/' } },
    { name: 'actions-only-wire', severity: 'error', from: { path: '^actions/' }, to: { path: '^src/', pathNot: '^src/(action|steps)/' } },
    {
      name: 'native-modules-stay-outside-bundles',
      comment: 'Types only: the modules themselves come through NativeModules.',
      severity: 'error',
      from: { path: '^(src|actions)/', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/(@duckdb/|onnxruntime-node/)', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-test-code-in-production', severity: 'error', from: { pathNot: ['\\.test\\.ts$', '^(test|e2e|bench)/'] }, to: { path: ['\\.test\\.ts$', '^test/'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '^bench/\\.cache/', '^e2e/\\.cache/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
