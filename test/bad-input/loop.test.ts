import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoopArguments } from '../../local/arguments.ts';
import { Journal } from '../../local/journal.ts';
import { yearPlan } from '../../local/plan.ts';
import { runLoop } from '../../local/run-loop.ts';
import { repository } from '../bundles/run-bundle.ts';
import { hashFolder } from './hash-folder.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'taxiway-bad-loop-'));
  folder = join(root, 'loop');
  await mkdir(folder);
  await writeFile(join(folder, 'journal.jsonl'), 'an old story\n');
});
afterEach(() => rm(root, { recursive: true }));

const start = (options: { port?: number; pipelineFolder?: string; in?: string }): Promise<number> =>
  runLoop({
    folder: options.in ?? folder,
    reportFolder: join(root, 'report'),
    plan: yearPlan,
    pipelineFolder: options.pipelineFolder ?? join(repository, 'pipelines/flight-delay'),
    arguments: { chapter: 1, fresh: true, json: false, port: options.port ?? 0 },
    terminal: { write: () => undefined },
  });

describe('a loop that cannot start says why, and forgets nothing of the old one', () => {
  it('where the port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const before = await hashFolder(folder);
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use', message: `port ${port} on 127.0.0.1 is in use by another program` });
    expect(await hashFolder(folder)).toEqual(before);
    await new Promise((resolve) => server.close(resolve));
  });

  it('where the pipeline is malformed', async () => {
    const pipelineFolder = join(root, 'pipeline');
    await mkdir(pipelineFolder);
    const text = await readFile(join(repository, 'pipelines/flight-delay/pipeline.yaml'), 'utf8');
    await writeFile(join(pipelineFolder, 'pipeline.yaml'), text.replace('seed: 2013', 'seed: x'));
    const before = await hashFolder(folder);
    await expect(start({ pipelineFolder })).rejects.toMatchObject({ code: 'pipeline-invalid' });
    expect(await hashFolder(folder)).toEqual(before);
  });

  it('where another loop is running', async () => {
    // A process that lives and is not this one: the test runner's parent.
    await writeFile(join(folder, 'lock'), String(process.ppid));
    const before = await hashFolder(folder);
    await expect(start({})).rejects.toMatchObject({ code: 'loop-running' });
    expect(await hashFolder(folder)).toEqual(before);
  });

  it('where its folder cannot be made', async () => {
    await expect(start({ in: join(folder, 'journal.jsonl', 'loop') })).rejects.toMatchObject({ code: 'folder-unwritable' });
  });
});

describe('the journal', () => {
  it('takes a last line that was cut short as never written', async () => {
    const path = join(folder, 'journal.jsonl');
    await writeFile(path, `${JSON.stringify({ scene: 'one', seconds: 1, outputs: { a: 1 } })}\n{"scene":"two","seco`);
    const journal = await Journal.open(path);
    expect(journal.all().map(({ scene }) => scene)).toEqual(['one']);
    await journal.scene('two', () => Promise.resolve({ b: 2 }));
    const again = await Journal.open(path);
    expect(again.all().map(({ scene }) => scene)).toEqual(['one', 'two']);
  });
});

describe('the command line', () => {
  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--chapter', '9'], '--chapter is "9"; allowed: a whole number from 1 to 5'],
    [['--chapter', '1.5'], '--chapter is "1.5"'],
    [['--port', '70000'], '--port is "70000"; allowed: a whole number from 0 to 65535'],
    [['twice'], "Unexpected argument 'twice'"],
  ])('refuses %j', (argv, says) => {
    expect(() => parseLoopArguments(argv)).toThrow(says);
  });
});
