import { connect, type Socket } from 'node:net';
import { AnswerReader, type HttpAnswer } from './answer-reader.ts';

/** The answer, or undefined where the connection broke before it. */
type Waiting = (answer: HttpAnswer | undefined) => void;

/**
 * One connection that is kept, one request at a time. Written for the bench, on plain sockets: a general client costs the load's core three
 * times as much a request, and the load must never be what is measured.
 */
export class HttpConnection {
  readonly #reader = new AnswerReader();
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  /** False once the connection ended or said that it will. */
  usable = true;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', () => this.#broken());
    this.#socket.on('close', () => this.#broken());
  }

  send(request: Buffer, onAnswer: Waiting): void {
    if (!this.usable || this.#waiting !== undefined) throw new Error('this connection takes no request now');
    this.#waiting = onAnswer;
    this.#socket.write(request);
  }

  end(): void {
    this.usable = false;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let answer: HttpAnswer | undefined;
    try {
      answer = this.#reader.read(chunk);
    } catch {
      this.#broken();
      return;
    }
    if (answer === undefined) return;
    if (answer.closes) this.end();
    this.#settle(answer);
  }

  #broken(): void {
    this.end();
    this.#settle(undefined);
  }

  #settle(answer: HttpAnswer | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}
