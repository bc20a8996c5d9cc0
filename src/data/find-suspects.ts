import type { CheckRulesSql, DuplicateSql } from './check-rules-sql.ts';
import { manySuspects, type Suspects, suspectsStatement } from './check-statements.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/** Rows of the same moment, at most, that are compared with each other as they lie. */
const neighbours = 32;

/** Up to here sorting hashes costs less than grouping by them, and needs no more memory than they do. */
const mostSorted = 10_000_000;

/** The hashes of every key that come more than once; a key of which many do is left out. */
export async function findSuspects(engine: SqlEngine, rules: CheckRulesSql): Promise<Suspects> {
  const suspects = new Map<string, readonly string[]>();
  for (const duplicate of rules.duplicates) {
    const hashes = (await findAsTheyLie(engine, rules, duplicate)) ?? (await findAnywhere(engine, rules, duplicate));
    if (hashes.length < manySuspects) suspects.set(duplicate.rule.key.join(','), hashes);
  }
  return suspects;
}

/**
 * Where rows lie in the order of a time that is part of the key, and few have the same, whoever shares a key lies close: no row need be compared with
 * more than the rows just before it. Rows that lie otherwise are told with `astray`, and then nothing is known. Undefined where the key has no such time.
 */
export function neighboursStatement(rules: CheckRulesSql, duplicate: DuplicateSql): string | undefined {
  const { dialect, target } = rules;
  if (!dialect.keepsOrder || target.eventTime === undefined || !duplicate.rule.key.includes(target.eventTime)) return undefined;
  const before = Array.from({ length: neighbours - 1 }, (_, index) => index + 1);
  const keys = `SELECT ${dialect.identifier(target.eventTime)} AS moment, ${rules.hash(duplicate)} AS hash FROM ${target.relation} WHERE ${rules.hasKey(duplicate)}`;
  const beside = `SELECT moment, hash, lag(moment) OVER () AS last_moment, lag(moment, ${neighbours}) OVER () AS far_moment, ${before.map((distance) => `lag(hash, ${distance}) OVER () AS hash_${distance}`).join(', ')} FROM (${keys}) AS keys`;
  const same = before.map((distance) => `hash = hash_${distance}`).join(' OR ');
  return `SELECT ${dialect.asText('hash')} AS hash, moment < last_moment OR moment = far_moment AS astray FROM (${beside}) AS beside WHERE moment < last_moment OR moment = far_moment OR ${same} LIMIT ${manySuspects}`;
}

async function findAsTheyLie(engine: SqlEngine, rules: CheckRulesSql, duplicate: DuplicateSql): Promise<string[] | undefined> {
  const sql = neighboursStatement(rules, duplicate);
  if (sql === undefined) return undefined;
  const found = await engine.rows(sql);
  if (found.length === manySuspects || found.some((row) => row['astray'] === true)) return undefined;
  return [...new Set(found.map((row) => String(row['hash'])))];
}

async function findAnywhere(engine: SqlEngine, rules: CheckRulesSql, duplicate: DuplicateSql): Promise<string[]> {
  let sorted = false;
  if (rules.dialect.scans === 'by-rule') {
    const [counted] = await engine.rows(`SELECT count(*) AS row_count FROM ${rules.target.relation}`);
    sorted = Number(counted?.['row_count']) <= mostSorted;
  }
  return (await engine.rows(suspectsStatement(rules, duplicate, { sorted }))).map((row) => String(row['hash']));
}
