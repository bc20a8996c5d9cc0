import { addAnswer, type AnswerTally, emptyTally } from './answer-tally.ts';
import type { AskService, ServiceAnswer } from './ask-service.ts';
import type { Golden, GoldenRow } from './read-golden.ts';

const rounds = 4;
/** As a multiple of the sample floor: whoever still waits for something else then does not wait for more requests. */
const enough = 4;
const concurrency = 4;
/** Callers send one row mostly, and small batches sometimes. */
const batchEvery = 10;
const batchRows = 20;

/** Golden requests in rounds of a quarter of the sample floor; the same ones in the same order every time. */
export class GoldenTraffic {
  tally: AnswerTally = emptyTally;
  private readonly ask: AskService;
  private readonly golden: Golden;
  private readonly roundSize: number;
  private readonly limit: number;
  private requests = 0;
  private position = 0;

  constructor(ask: AskService, golden: Golden, minimumRequests: number) {
    this.ask = ask;
    this.golden = golden;
    this.roundSize = Math.ceil(minimumRequests / rounds);
    this.limit = enough * minimumRequests;
  }

  async round(serviceUrl: string): Promise<void> {
    if (this.requests >= this.limit) return;
    const plan = Array.from({ length: this.roundSize }, () => this.nextRows());
    const answers: ServiceAnswer[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < plan.length; index = next++) {
        const rows = plan[index] ?? [];
        answers[index] = await this.ask(
          serviceUrl,
          rows.map((row) => row.columns),
        );
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    // In the order of the questions, so that sums do not depend on who answered first.
    const { threshold, championThreshold } = this.golden;
    for (const [index, answer] of answers.entries()) this.tally = addAnswer(this.tally, plan[index] ?? [], { answer, threshold, championThreshold });
  }

  private nextRows(): GoldenRow[] {
    this.requests += 1;
    const count = this.requests % batchEvery === 0 ? batchRows : 1;
    const { rows } = this.golden;
    const chosen = Array.from({ length: count }, (_, index) => rows[(this.position + index) % rows.length]).filter((row) => row !== undefined);
    this.position += count;
    return chosen;
  }
}
