import { UserError } from '../../errors.ts';
import type { GitRepository, RefUpdate } from './git-repository.ts';
import { type PullRequestRecord, pullRequestRecordSchema } from './pull-request-record.ts';

export interface StoredPullRequest {
  readonly record: PullRequestRecord;
  /** Object id of the document: what the next writer must have seen. */
  readonly blob: string;
}

export interface PullRequestEnd {
  readonly blob: string;
  readonly branchHead: string | undefined;
  /** Where it is merged. */
  readonly base?: { readonly ref: string; readonly from: string; readonly to: string };
}

const folder = 'refs/taxiway/pulls/';

/** Pull requests as JSON documents under refs/taxiway/pulls/<number>. */
export class PullRequestRefs {
  private readonly repository: GitRepository;

  constructor(repository: GitRepository) {
    this.repository = repository;
  }

  /** Oldest first. */
  async all(): Promise<readonly StoredPullRequest[]> {
    const listing = await this.repository.run(['for-each-ref', '--format=%(objectname) %(refname)', folder]);
    const stored = await Promise.all(
      listing
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => this.read(line.split(' ')[0] ?? '')),
    );
    return stored.sort((left, right) => left.record.number - right.record.number);
  }

  async findOpen(branch: string): Promise<StoredPullRequest | undefined> {
    return (await this.all()).find(({ record }) => record.branch === branch && record.state === 'open');
  }

  async nextNumber(): Promise<number> {
    return ((await this.all()).at(-1)?.record.number ?? 0) + 1;
  }

  /** @throws UserError pull-request-moved where there is none */
  async require(number: number): Promise<StoredPullRequest> {
    const blob = await this.repository.resolve(`${folder}${number}`);
    if (blob === undefined) throw new UserError('pull-request-moved', `there is no pull request ${number}`, { hint: 'Pass the number of an existing one.' });
    return this.read(blob);
  }

  /** Compare-and-swap; `expected` null: it must be new. */
  async write(record: PullRequestRecord, expected: string | null): Promise<boolean> {
    const blob = await this.repository.writeBlob(`${JSON.stringify(record, null, 2)}\n`);
    return blob === expected || this.repository.updateRefs([{ ref: `${folder}${record.number}`, to: blob, from: expected }], 'taxiway');
  }

  /** Closes or merges in one transaction: document, base branch and the branch's removal. The commits stay reachable under refs/taxiway/pull-heads. */
  async finish(record: PullRequestRecord, end: PullRequestEnd): Promise<boolean> {
    const blob = await this.repository.writeBlob(`${JSON.stringify(record, null, 2)}\n`);
    const updates: RefUpdate[] = [{ ref: `${folder}${record.number}`, to: blob, from: end.blob }];
    if (end.base !== undefined) updates.push({ ref: end.base.ref, to: end.base.to, from: end.base.from });
    if (end.branchHead !== undefined) {
      updates.push({ ref: `refs/heads/${record.branch}`, to: null, from: end.branchHead });
      updates.push({ ref: `refs/taxiway/pull-heads/${record.number}`, to: end.branchHead, from: null });
    }
    return this.repository.updateRefs(updates, 'taxiway');
  }

  private async read(blob: string): Promise<StoredPullRequest> {
    const text = await this.repository.run(['cat-file', 'blob', blob]);
    return { record: pullRequestRecordSchema.parse(JSON.parse(text)), blob };
  }
}
