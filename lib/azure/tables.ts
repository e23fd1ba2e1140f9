import type { TableClient } from '@azure/data-tables';
import { Problem } from '../problem.ts';
import type { Settings } from '../settings.ts';
import { step } from '../telemetry.ts';
import { azureCallTimeoutMs, retryOptions } from './clientOptions.ts';
import { managedIdentity } from './managedIdentity.ts';

/** One table. Calls on it go through {@link Table.call}, which limits, times and names their failures. */
export interface Table {
  /** Runs one operation on the SDK's client; throws `storage-unavailable`, or passes on what `expect` names. */
  call<T>(operation: (client: TableClient, abortSignal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * Opens a table at its first use, with the connection string (development) or the identity.
 * @param identity another than the default is for an administrator's own tools only.
 */
export function openTable(settings: Settings, name: string, identity = managedIdentity): Table {
  const connect = async (): Promise<TableClient> => {
    const { TableClient } = await import('@azure/data-tables');
    const options = { retryOptions, allowInsecureConnection: settings.development };
    if ('connectionString' in settings.tables) {
      return TableClient.fromConnectionString(settings.tables.connectionString, name, options);
    }
    const credential = await identity(settings.managedIdentityClientId);
    return new TableClient(settings.tables.endpoint, name, credential, options);
  };
  let client: Promise<TableClient> | undefined;

  return {
    call: (operation) =>
      step('storage', async () => {
        client ??= connect();
        // Not AbortSignal.timeout(), which fires long after the call has ended and costs more than sealing a row does.
        const timeUp = new AbortController();
        const timer = setTimeout(() => {
          timeUp.abort();
        }, azureCallTimeoutMs);
        try {
          return await operation(await client, timeUp.signal);
        } catch (error) {
          if (isConditionFailure(error)) throw error;
          throw new Problem('storage-unavailable', 'Send the same request again.', {
            retryAfterSeconds: 2,
            cause: error,
          });
        } finally {
          clearTimeout(timer);
        }
      }),
  };
}

/** What a row's state answers, as against what a broken store answers: absent, there already, changed meanwhile. */
export type RowCondition = 'absent' | 'exists' | 'changed';
const conditions = new Map<number, RowCondition>([
  [404, 'absent'],
  [409, 'exists'],
  [412, 'changed'],
]);

/** The condition that a failed operation met, or undefined if it failed for another reason. */
export function rowCondition(error: unknown): RowCondition | undefined {
  if (!isConditionFailure(error)) return undefined;
  return conditions.get(error.statusCode);
}

/** What the operation answers; undefined if the row's state stood in its way. */
export async function unlessCondition<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (rowCondition(error)) return undefined;
    throw error;
  }
}

// The SDK's RestError has no `code` for single operations, so the body's code tells a missing row from
// a missing table: the latter is a broken deployment, not an absent guest.
function isConditionFailure(error: unknown): error is { statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return false;
  return conditions.has(error.statusCode) && !/TableNotFound|TableBeingDeleted/.test(error.message);
}
