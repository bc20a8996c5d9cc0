import { describe, expect, it } from 'vitest';
import { readFields } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

describe('protobuf', () => {
  it('reads back what was written, negative and large numbers included', () => {
    const bytes = new ProtobufWriter().integer(1, 300).integer(2, -1).integer(3, 2n ** 62n).text(4, 'délai').float(5, 1.5).finish();
    const fields = [...readFields(bytes)];
    expect(fields.map(({ field, wire }) => [field, wire])).toEqual([[1, 'varint'], [2, 'varint'], [3, 'varint'], [4, 'bytes'], [5, 'fixed']]);
    expect(fields[0]?.value).toBe(300n);
    expect(BigInt.asIntN(64, fields[1]?.value as bigint)).toBe(-1n);
    expect(fields[2]?.value).toBe(2n ** 62n);
    expect(new TextDecoder().decode(fields[3]?.value as Uint8Array)).toBe('délai');
  });

  it('writes the bytes of the protobuf documentation for field 1 = 150', () => {
    expect([...new ProtobufWriter().integer(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
  });

  it.each([
    ['a length past the end', [0x0a, 0x05, 0x01]],
    ['a number cut off', [0x08, 0x80]],
    ['an endless number', [0x08, ...new Array<number>(11).fill(0x80), 0x01]],
    ['an unknown wire type', [0x0b]],
  ])('refuses %s', (_, bytes) => {
    expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  });
});
