import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the embedded environment keeps its things. Everything lies under one folder that may be deleted at any time. */
export interface LoopPaths {
  readonly root: string;
  readonly journal: string;
  /** Which code and which pipeline file have played. */
  readonly cast: string;
  /** The bare repository that plays the forge. */
  readonly remote: string;
  /** A runner's checkout of the main branch. */
  readonly workspace: string;
  /** A runner's checkout of the pull request's branch. */
  readonly pullRequestWorkspace: string;
  readonly store: string;
  readonly storeUri: string;
  readonly images: string;
  /** The data as it arrives. */
  readonly feed: string;
  readonly cluster: string;
  readonly keys: string;
  readonly records: string;
  readonly compileCache: string;
  readonly lock: string;
}

export function loopPaths(root: string): LoopPaths {
  const absolute = resolve(root);
  const store = join(absolute, 'store');
  return {
    root: absolute,
    journal: join(absolute, 'journal.jsonl'),
    cast: join(absolute, 'cast.json'),
    remote: join(absolute, 'remote.git'),
    workspace: join(absolute, 'workspace'),
    pullRequestWorkspace: join(absolute, 'pull-request'),
    store,
    storeUri: pathToFileURL(store).href,
    images: join(absolute, 'images'),
    feed: join(absolute, 'feed'),
    cluster: join(absolute, 'cluster'),
    keys: join(absolute, 'keys'),
    records: join(absolute, 'records'),
    compileCache: join(absolute, 'compile-cache'),
    lock: join(absolute, 'lock'),
  };
}
