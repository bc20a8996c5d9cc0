import { UserError } from '../../errors.ts';
import type { CommandResult, CommandRunner } from '../../ports/command-runner.ts';

export interface GitCall {
  readonly input?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RefUpdate {
  readonly ref: string;
  /** Object id, or null to delete the ref. */
  readonly to: string | null;
  /** What the ref must point to now; null: it must not exist. */
  readonly from: string | null;
}

const identity = { name: 'Taxiway', email: 'taxiway@users.noreply.example' };
const nothing = '0'.repeat(40);

/** git plumbing on one bare repository: no work tree, no checkout, no shell. */
export class GitRepository {
  readonly path: string;
  private readonly runner: CommandRunner;
  private checked: Promise<void> | undefined;

  constructor(path: string, runner: CommandRunner) {
    this.path = path;
    this.runner = runner;
  }

  /** Runs git and gives its answer, whatever the exit code. @throws UserError git-repository-invalid */
  async attempt(arguments_: readonly string[], call: GitCall = {}): Promise<CommandResult> {
    this.checked ??= this.checkBare();
    await this.checked;
    return this.spawn(arguments_, call);
  }

  /** The standard output without its last line break. @throws UserError git-failed, git-repository-invalid */
  async run(arguments_: readonly string[], call: GitCall = {}): Promise<string> {
    const result = await this.attempt(arguments_, call);
    if (result.exitCode !== 0) throw this.failure(arguments_, result);
    return result.stdout.replace(/\n$/, '');
  }

  /** The object a ref points to, or undefined. */
  async resolve(ref: string): Promise<string | undefined> {
    const result = await this.attempt(['show-ref', '--verify', '--hash', ref]);
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  }

  async writeBlob(content: string): Promise<string> {
    return this.run(['hash-object', '-w', '--stdin'], { input: content });
  }

  /** The text of a file in a commit or tree, or undefined. */
  async readFile(treeish: string, path: string): Promise<string | undefined> {
    const listing = await this.run(['ls-tree', '-z', '--full-tree', treeish, '--', path]);
    const entry = /^\d+ blob ([0-9a-f]+)\t([^\0]*)\0/.exec(listing);
    if (entry?.[1] === undefined || entry[2] !== path) return undefined;
    const result = await this.attempt(['cat-file', 'blob', entry[1]]);
    if (result.exitCode !== 0) throw this.failure(['cat-file', 'blob', entry[1]], result);
    return result.stdout;
  }

  /** @param time milliseconds since the Unix epoch */
  async writeCommit(commit: { tree: string; parents: readonly string[]; message: string; time: number }): Promise<string> {
    const date = `@${Math.floor(commit.time / 1000)} +0000`;
    const env = {
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
      GIT_COMMITTER_DATE: date,
    };
    return this.run(['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent]), '-F', '-'], { input: commit.message, env });
  }

  /**
   * All updates or none: every ref must still be where `from` says. This is the compare-and-swap that everything rests on.
   * @returns whether it happened
   */
  async updateRefs(updates: readonly RefUpdate[], reason: string): Promise<boolean> {
    for (const { ref } of updates) {
      // A line break in a name would be another instruction to git.
      if (/[\s\0]/.test(ref)) throw new UserError('input-invalid', `${JSON.stringify(ref)} is no name for a branch`, { hint: 'Use letters, digits, hyphens and slashes.' });
    }
    const lines = updates.map((update) => {
      if (update.to === null) return `delete ${update.ref} ${update.from ?? nothing}`;
      return `update ${update.ref} ${update.to} ${update.from ?? nothing}`;
    });
    const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const result = await this.attempt(['update-ref', '--stdin', '-m', reason], { input });
      if (result.exitCode === 0) return true;
      for (const update of updates) {
        const now = await this.resolve(update.ref);
        if ((now ?? null) !== update.from) return false;
      }
      // Nothing moved: another process held the lock for a moment. Anything else is a real failure.
      if (!/lock/i.test(result.stderr) || attempt === 4) throw this.failure(['update-ref', '--stdin'], result);
    }
    return false;
  }

  private async checkBare(): Promise<void> {
    const result = await this.spawn(['rev-parse', '--is-bare-repository'], {});
    if (result.exitCode === 0 && result.stdout.trim() === 'true') return;
    throw new UserError('git-repository-invalid', `${this.path} is no bare git repository`, {
      hint: 'Pass the path of the bare repository that the cluster follows; `git init --bare` makes one.',
      cause: result.stderr.trim() || result.stdout.trim(),
    });
  }

  private spawn(arguments_: readonly string[], call: GitCall): Promise<CommandResult> {
    return this.runner.run('git', [`--git-dir=${this.path}`, '-c', 'gc.auto=0', ...arguments_], {
      env: { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...call.env },
      ...(call.input === undefined ? {} : { input: call.input }),
    });
  }

  private failure(arguments_: readonly string[], result: CommandResult): UserError {
    return new UserError('git-failed', `git ${arguments_.slice(0, 2).join(' ')} in ${this.path} ended with ${result.exitCode}: ${result.stderr.trim() || 'no message'}`, {
      hint: 'Check that the repository is whole (`git fsck`) and writable.',
    });
  }
}
