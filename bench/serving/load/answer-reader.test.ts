import { expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const whole = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"a":"\u00fc\u00fc"}x'.slice(0, -1);

test('an answer is whole whatever pieces it comes in, and the next one begins anew', () => {
  const bytes = Buffer.from(whole.replace('11', String(Buffer.byteLength('{"a":"\u00fc\u00fc"}'))));
  const reader = new AnswerReader();
  for (let round = 0; round < 2; round += 1) {
    const answers = [...bytes].map((_, index) => reader.read(bytes.subarray(index, index + 1)));
    expect(answers.slice(0, -1).every((answer) => answer === undefined)).toBe(true);
    expect(answers.at(-1)).toMatchObject({ status: 200, closes: false });
    expect(answers.at(-1)?.body.toString()).toBe('{"a":"\u00fc\u00fc"}');
  }
});

test('chunks are joined, and the end of the connection is seen', () => {
  const answer = new AnswerReader().read(Buffer.from('HTTP/1.1 503 Busy\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'));
  expect(answer).toMatchObject({ status: 503, closes: true });
  expect(answer?.body.toString()).toBe('abcde');
});

test('what is no answer of HTTP, or has no end, is not taken for one', () => {
  expect(() => new AnswerReader().read(Buffer.from('SSH-2.0 hello\r\n\r\n'))).toThrow('no answer');
  expect(() => new AnswerReader().read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('length');
});
