import { openTable, rowCondition, type OpenOptions } from '../../lib/azure/tables.ts';
import { tableNames } from '../../lib/service.ts';
import type { Settings } from '../../lib/settings.ts';
import type { AzureCommands } from './azureCommands.ts';
import { azureAnswerOf } from '../../lib/platforms/causes.ts';
import type { Advice, Examination } from '../../lib/platforms/examination.ts';
import { unreachable } from '../../lib/platforms/unreachable.ts';

/** The keys of a row that the service never writes. */
const noRow = 'doctor';
/** An ETag that is older than Table Storage: no row can have it. */
const neverTrue = `W/"datetime'2000-01-01T00%3A00%3A00.0000000Z'"`;

/**
 * Whether each table is there, can be read and can be written to. Nothing is written: the check asks
 * to delete a row that does not exist, with an ETag that none can have. Without permission to write this is refused too.
 */
export async function checkTables(
  examination: Examination,
  settings: Settings,
  { open, commands }: { open: OpenOptions; commands: AzureCommands },
): Promise<void> {
  const missing = new Set<string>();
  for (const name of tableNames) {
    const table = openTable(settings, name, open);
    const done = await examination.run(
      `tables/${name}`,
      async () => {
        await conditionOf(table.call((client, abortSignal) => client.getEntity(noRow, noRow, { abortSignal })));
        await conditionOf(
          table.call((client, abortSignal) => client.deleteEntity(noRow, noRow, { etag: neverTrue, abortSignal })),
        );
      },
      {
        explain: (error) => {
          if (isMissingTable(error)) missing.add(name);
          return explain(error, { name, settings, commands });
        },
      },
    );
    // A table can be missing by itself; every other failure is the same for all tables.
    if (!done && !missing.has(name)) return;
  }
}

/** Takes an answer about the row's state (missing, changed) for a success; throws every other failure. */
async function conditionOf(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (rowCondition(error) === undefined) throw error;
  }
}

function isMissingTable(error: unknown): boolean {
  return ['TableNotFound', 'TableBeingDeleted'].includes(azureAnswerOf(error)?.code ?? '');
}

interface Failed {
  readonly name: string;
  readonly settings: Settings;
  readonly commands: AzureCommands;
}

function explain(error: unknown, { name, settings: { tables }, commands }: Failed): Advice | undefined {
  const answer = azureAnswerOf(error);
  const isByKey = 'connectionString' in tables;
  const setting = isByKey ? 'TABLES_CONNECTION_STRING' : 'TABLES_ENDPOINT';
  if (isMissingTable(error)) {
    return { reason: `There is no table ${name}.`, nextStep: `Create it: ${commands.createTable(name)}` };
  }
  if (answer === undefined) {
    const offline = unreachable(error, isByKey ? 'The table server' : new URL(tables.endpoint).host, setting);
    if (offline || !isByKey) return offline;
    return { reason: `${setting} cannot be read.`, nextStep: 'Copy it again, whole, from what gives it.' };
  }
  if (answer.status === 401 || (answer.status === 403 && answer.code === 'AuthenticationFailed')) {
    return {
      reason: `The storage account does not accept ${isByKey ? 'the account key' : 'the token: it is of another tenant, or the clock is wrong'}.`,
      nextStep: isByKey
        ? `Copy ${setting} again; see also the check "clock".`
        : 'Use an identity of the tenant that the storage account is in; see also the check "clock".',
    };
  }
  if (answer.status === 403 && answer.code === 'AuthorizationFailure') {
    return isByKey
      ? { reason: 'The storage account does not accept the account key.', nextStep: `Copy ${setting} again.` }
      : {
          reason: 'The network rules of the storage account keep this machine out.',
          nextStep: `Let it in, or run the doctor where the app runs: ${commands.storageNetworkRules}`,
        };
  }
  if (answer.status === 403) {
    return {
      reason: `The identity may not read and write the table ${name}: it lacks the role for that at this storage account.`,
      nextStep: `Give it the role (it takes a few minutes to work): ${commands.allowToWriteTables}`,
    };
  }
  return {
    reason: `The tables are out of order (${answer.status}).`,
    nextStep: `Run the doctor again; if it stays, see the health of the storage account, and what answers at ${setting}.`,
  };
}
