/** Types of the compact protocol that Parquet uses (Apache Thrift, "Thrift compact protocol encoding"). */
export const thriftType = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12, uuid: 13 } as const;

export class ThriftFault extends Error {
  override readonly name = 'ThriftFault';
}

const deepest = 24;

/**
 * Reads Thrift's compact protocol from bytes that nobody vouches for: never past their end, never deeper than it is asked, and without making
 * anything of what is skipped.
 */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Calls `field` for every field; what it returns false for is skipped. It must read a field that it returns true for. */
  struct(field: (id: number, type: number) => boolean, depth = 0): void {
    if (depth > deepest) throw new ThriftFault('nests too deep');
    for (let id = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return;
      const [delta, type] = [head >> 4, head & 0x0f];
      id = delta === 0 ? this.integer() : id + delta;
      if (!field(id, type)) this.skip(type, depth + 1);
    }
  }

  /** Calls `element` for every element; it must read it. */
  list(expected: number, element: () => void): void {
    const { size, type } = this.#listHead();
    if (type !== expected && size > 0) throw new ThriftFault(`a list of type ${type} where ${expected} belongs`);
    for (let index = 0; index < size; index++) element();
  }

  /** A zigzag integer; beyond 2^53 it is rounded. */
  integer(): number {
    const raw = this.#varint();
    // Odd is negative. Doubles are even from 2^53 on, where the sign is then lost: such a number is out of every bound anyhow.
    return raw % 2 === 1 ? -(raw + 1) / 2 : raw / 2;
  }

  text(): string {
    const length = this.#varint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ThriftFault('ends early');
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length).toString('utf8');
    this.#at = end;
    return text;
  }

  skip(type: number, depth = 0): void {
    if (depth > deepest) throw new ThriftFault('nests too deep');
    switch (type) {
      case thriftType.true:
      case thriftType.false:
        break;
      case thriftType.byte:
        this.#advance(1);
        break;
      case thriftType.i16:
      case thriftType.i32:
      case thriftType.i64:
        this.#varint();
        break;
      case thriftType.double:
        this.#advance(8);
        break;
      case thriftType.binary:
        this.#advance(this.#varint());
        break;
      case thriftType.uuid:
        this.#advance(16);
        break;
      case thriftType.list:
      case thriftType.set:
        this.#skipList(depth);
        break;
      case thriftType.map:
        this.#skipMap(depth);
        break;
      case thriftType.struct:
        this.struct(() => false, depth + 1);
        break;
      default:
        throw new ThriftFault(`has a field of type ${type}, which there is none of`);
    }
  }

  #skipList(depth: number): void {
    const { size, type } = this.#listHead();
    for (let index = 0; index < size; index++) this.#skipElement(type, depth + 1);
  }

  #skipMap(depth: number): void {
    const size = this.#varint();
    if (size === 0) return;
    this.#demandRoom(size);
    const types = this.#byte();
    for (let index = 0; index < size; index++) {
      this.#skipElement(types >> 4, depth + 1);
      this.#skipElement(types & 0x0f, depth + 1);
    }
  }

  /** In a field a boolean is its type; in a list it takes a byte. */
  #skipElement(type: number, depth: number): void {
    if (type === thriftType.true || type === thriftType.false) this.#advance(1);
    else this.skip(type, depth);
  }

  #listHead(): { readonly size: number; readonly type: number } {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    this.#demandRoom(size);
    return { size, type: head & 0x0f };
  }

  /** An element takes a byte at least, so that a list cannot be longer than what is left. */
  #demandRoom(size: number): void {
    if (size > this.#bytes.length - this.#at) throw new ThriftFault(`declares ${size} elements in ${this.#bytes.length - this.#at} bytes`);
  }

  #varint(): number {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * power;
      if (byte < 0x80) return value;
      if (power > 2 ** 56) throw new ThriftFault('has an integer of more than 64 bits');
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new ThriftFault('ends early');
    this.#at += 1;
    return byte;
  }

  #advance(length: number): void {
    if (length > this.#bytes.length - this.#at) throw new ThriftFault('ends early');
    this.#at += length;
  }
}
