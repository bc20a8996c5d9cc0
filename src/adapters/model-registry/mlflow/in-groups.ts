/** Does it for all items, at most `size` at once, and answers in their order. The first failure ends it once those under way have ended. */
export async function inGroups<Item, Result>(size: number, items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    const settled = await Promise.allSettled(items.slice(start, start + size).map(act));
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    results.push(...settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  }
  return results;
}
