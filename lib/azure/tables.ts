import type { TableClient } from '@azure/data-tables';
import { CachedValue } from '../cachedValue.ts';
import { Problem } from '../problem.ts';
import { step } from '../telemetry.ts';
import { azureCallTimeoutMs, retryOptions } from './clientOptions.ts';
import { managedIdentity } from './managedIdentity.ts';

/** One table. Calls on it go through {@link Table.call}, which limits, times and names their failures. */
export interface Table {
  /** Runs one operation on the SDK's client; throws `storage-unavailable`, or an error that has a {@link rowCondition}. */
  call<T>(operation: (client: TableClient, abortSignal: AbortSignal) => Promise<T>): Promise<T>;
}

/** How an Azure service is opened; the defaults are those of the service, others are for tools and tests. */
export interface OpenOptions {
  readonly identity?: typeof managedIdentity;
  /** How long one call may take, its retries included. */
  readonly callTimeoutMs?: number;
}

/** Where the tables are, and what opens them. */
interface TableSettings {
  readonly tables: { readonly endpoint: string } | { readonly connectionString: string };
  readonly managedIdentityClientId: string | undefined;
  readonly development: boolean;
}

/** A table that is opened at its first use, with the connection string (development) or the identity. */
export function openTable(
  settings: TableSettings,
  name: string,
  { identity = managedIdentity, callTimeoutMs = azureCallTimeoutMs }: OpenOptions = {},
): Table {
  const connect = async (): Promise<TableClient> => {
    const { TableClient } = await import('@azure/data-tables');
    const options = { retryOptions, allowInsecureConnection: settings.development };
    if ('connectionString' in settings.tables) {
      return TableClient.fromConnectionString(settings.tables.connectionString, name, options);
    }
    const credential = await identity(settings.managedIdentityClientId, callTimeoutMs);
    return new TableClient(settings.tables.endpoint, name, credential, options);
  };
  const client = new CachedValue({ load: connect, isFresh: () => true, now: Date.now });

  return {
    call: (operation) =>
      step('storage', async () => {
        // Not AbortSignal.timeout(), which fires long after the call has ended and costs more than sealing a row does.
        const timeUp = new AbortController();
        const timer = setTimeout(() => {
          timeUp.abort();
        }, callTimeoutMs);
        try {
          return await operation(await client.get(), timeUp.signal);
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
type RowCondition = 'absent' | 'exists' | 'changed';
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

// The SDK's RestError has no `code` for single operations, so the body's code tells a missing row from
// a missing table: the latter is a broken deployment, not an absent guest.
function isConditionFailure(error: unknown): error is { statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return false;
  return conditions.has(error.statusCode) && !/TableNotFound|TableBeingDeleted/.test(error.message);
}
