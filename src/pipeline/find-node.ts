import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';

/** The node of the value at a path; undefined where there is none. */
export function findNode(root: Node | null, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = root ?? undefined;
  for (const step of path) {
    const next: unknown = isSeq(node) && typeof step === 'number' ? node.items[step] : pairOf(node, step)?.value;
    if (!isNode(next)) return undefined;
    // What an alias repeats is written elsewhere; the mistake is shown where it is used.
    if (isAlias(next)) return next;
    node = next;
  }
  return node;
}

/** The node of the key at the end of a path, else of the deepest key or list item on the way that exists. */
export function findKey(root: Node | null, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const owner = findNode(root, path.slice(0, length - 1));
    const step = path[length - 1];
    const found: unknown = isSeq(owner) && typeof step === 'number' ? owner.items[step] : pairOf(owner, step)?.key;
    if (isNode(found)) return found;
  }
  return root ?? undefined;
}

function pairOf(node: Node | undefined, key: PropertyKey | undefined): Pair | undefined {
  return isMap(node) ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
}
