import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../src/errors.ts';
import { loadPipeline, loadTrainingWindow } from '../../src/pipeline/load-pipeline.ts';
import { parseYaml } from '../../src/pipeline/parse-yaml.ts';
import { pipelineSchema } from '../../src/pipeline/schema/pipeline.ts';
import { trainingWindowSchema } from '../../src/pipeline/training-window.ts';

/** One mistake, as an edit of the real pipeline. */
const mistakeSchema = z.strictObject({
  file: z.enum(['pipeline.yaml', 'training-window.yaml']).default('pipeline.yaml'),
  find: z.string(),
  /** What replaces it; ▶ stands where the error must point, and goes before the file is read. */
  put: z.string(),
  /** Where the error must point, if that is elsewhere. */
  at: z.string().optional(),
  says: z.string(),
});
type Mistake = z.infer<typeof mistakeSchema>;

const real = join(import.meta.dirname, '../../pipelines/flight-delay');
const fixtures = join(import.meta.dirname, '../fixtures/pipeline-mistakes');
const names = (await readdir(fixtures)).map((file) => basename(file, '.yaml'));

async function applyMistake({ file, find, put, at }: Mistake): Promise<{ text: string; place: string }> {
  const original = await readFile(join(real, file), 'utf8');
  expect(original, 'the real file has the text that the mistake replaces').toContain(find);
  const marked = original.replace(find, () => put);
  const text = marked.replace('▶', '');
  const offset = at === undefined ? marked.indexOf('▶') : text.indexOf(at) + (at.length - at.trimStart().length);
  expect(offset).toBeGreaterThanOrEqual(0);
  const before = text.slice(0, offset).split('\n');
  return { text, place: `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}` };
}

function complaint(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    return error;
  }
}

describe('a mistake in pipeline.yaml is named with its place, what was found and what is allowed', () => {
  it.each(names)('%s', async (name) => {
    const mistake = mistakeSchema.parse(parse(await readFile(join(fixtures, `${name}.yaml`), 'utf8')));
    const { text, place } = await applyMistake(mistake);
    const schema = mistake.file === 'pipeline.yaml' ? pipelineSchema : trainingWindowSchema;
    const error = complaint(() => parseYaml({ path: mistake.file, text, code: 'pipeline-invalid' }, schema));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'pipeline-invalid', message: `${place} ${mistake.says}` });
  });
});

describe('what is no pipeline at all', () => {
  it.each([
    ['an empty file', '', 'p.yaml:1:1 the document: found nothing; allowed: a mapping'],
    ['a list', '- a\n', 'p.yaml:1:1 the document: found a list; allowed: a mapping'],
    ['a sentence', 'hello\n', 'p.yaml:1:1 the document: found "hello"; allowed: a mapping'],
    ['bytes of another kind', '\u0000PAR1\u0001\u0002', 'p.yaml:1:1 '],
    ['a file that grows when it is read', laughs(), 'Excessive alias count'],
    ['a key that would change every object', '__proto__: { polluted: yes }', 'unknown key "__proto__"'],
  ])('%s is refused', (_name, text, says) => {
    expect(() => parseYaml({ path: 'p.yaml', text, code: 'pipeline-invalid' }, pipelineSchema)).toThrow(says);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('shows all mistakes of a file at once, in the order of their lines', async () => {
    const text = (await readFile(join(real, 'pipeline.yaml'), 'utf8')).replace('seed: 2013', 'seed: -1').replace('root: data', 'rot: data');
    const error = complaint(() => parseYaml({ path: 'p.yaml', text, code: 'pipeline-invalid' }, pipelineSchema));
    const lines = (error instanceof UserError ? error.message : '').split('\n').map((line) => line.replace(/^p\.yaml:\d+:\d+ /, ''));
    expect(lines).toEqual([
      'data: the key "root" is missing; allowed: a text that is not empty',
      'data: unknown key "rot"; did you mean "root"? allowed: root, sources, dataset, prediction-time, label',
      'training.seed: found -1; allowed: a whole number from 0',
    ]);
  });

  it('points at the right place after Windows line ends', () => {
    expect(() => parseYaml({ path: 'w.yaml', text: 'fit: {}\r\ntset: 1\r\n', code: 'pipeline-invalid' }, trainingWindowSchema)).toThrow('w.yaml:2:1 the document: unknown key "tset"');
  });
});

/** Nine aliases of nine aliases of …: a few hundred bytes that stand for gigabytes. */
function laughs(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `l${level}: &l${level} [${Array.from({ length: 9 }, () => (level === 0 ? 'ha' : `*l${level - 1}`)).join(', ')}]`);
  return `${levels.join('\n')}\n`;
}

describe('a file that pipeline.yaml names', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taxiway-pipeline-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('must be there: the pipeline itself', async () => {
    await expect(loadPipeline(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'pipeline-missing', message: `cannot read ${join(folder, 'none.yaml')}: there is no such file` });
  });

  it('must be a file', async () => {
    await expect(loadPipeline(folder)).rejects.toMatchObject({ code: 'pipeline-missing', message: `cannot read ${folder}: it is a folder` });
  });

  it('must be there: the dataset query and the training window', async () => {
    await writeFile(join(folder, 'pipeline.yaml'), (await readFile(join(real, 'pipeline.yaml'), 'utf8')).replace('sql/dataset.sql', 'dataset.sql'));
    await expect(loadPipeline(join(folder, 'pipeline.yaml'))).rejects.toMatchObject({ code: 'pipeline-missing', hint: 'data.dataset.query must name a file next to pipeline.yaml.' });
    await writeFile(join(folder, 'dataset.sql'), 'SELECT 1');
    const pipeline = await loadPipeline(join(folder, 'pipeline.yaml'));
    await expect(loadTrainingWindow(pipeline)).rejects.toMatchObject({ code: 'pipeline-missing', hint: 'training.window must name a file next to pipeline.yaml.' });
  });
});
