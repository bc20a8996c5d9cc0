import { UserError } from '../errors.ts';

/** Work that runs SQL conditions of pipeline.yaml: what DuckDB cannot read in them is the file's mistake. @throws UserError condition-invalid */
export async function nameConditionFault<Result>(conditions: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !/^(?:Binder|Parser|Catalog|Conversion) Error/.test(cause.message)) throw cause;
    throw new UserError('condition-invalid', `${conditions}: ${cause.message.split('\n')[0] ?? ''}`, { hint: 'Correct the condition in pipeline.yaml; it is SQL on the columns of the dataset.', cause });
  }
}
