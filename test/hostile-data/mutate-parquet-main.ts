/** Usage: mutate-parquet-main.ts COUNT SEED FOLDER. Prints the counts as a line of JSON. */
import { mutateParquet } from './mutate-parquet.ts';

const [count, seed, folder = ''] = process.argv.slice(2);
const counts = await mutateParquet({ count: Number(count), seed: Number(seed), folder });
process.stdout.write(`${JSON.stringify({ ...counts, maxRss: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`);
