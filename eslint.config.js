import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['actions/*/dist/**', 'serving/dist/**', '**/node_modules/**', 'coverage/**', 'report/**', '.taxiway/**', 'bench/.cache/**', 'e2e/.cache/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: false }],
      // A number or a boolean in a template has one obvious text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Schemas and tables are read with their literal keys: process.env['NAME'] is what the compiler asks for.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/require-await': 'off',
      // Only a type alias has the index signature that a record of outputs needs.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 3 }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      eqeqeq: 'error',
    },
  },
  {
    // The terminal and scripts talk to people.
    files: ['scripts/**', 'local/**', 'cli/**', 'bench/**', 'e2e/**', '.ci/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Named as the tool asks: a default export.
    files: ['*.config.ts', '**/*.d.ts', 'test/fixtures/**'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // Domain code asks its Clock and its seeded generator.
    files: ['src/**/*.ts'],
    ignores: ['src/action/**', 'src/adapters/**', 'src/ports/clock.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Ask the Clock that is passed in.' },
        { object: 'Math', property: 'random', message: 'Use a seeded generator.' },
        { object: 'process', property: 'env', message: 'Inputs are read once, at the edge.' },
        { object: 'process', property: 'exit', message: 'A step returns its verdict.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Matchers such as expect.any are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      'max-lines': 'off',
    },
  },
);
