import type { TableClient } from '@azure/data-tables';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { rowCondition, type Table } from './tables.ts';

/** Column types, as rows come back: copies and imports may have changed a date into a text, or an integer into an Int64. */
export const column = {
  date: z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]),
  integer: z.union([z.int(), z.bigint().transform(Number).pipe(z.int())]),
};

export interface RowKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** A row as it was read or written last, with its keys and the ETag that a conditional write needs. */
export type StoredRow<Columns extends z.ZodObject> = Readonly<z.output<Columns>> & RowKeys & { readonly etag: string };

type Entity = RowKeys & { readonly writeId: string } & Record<string, unknown>;

/**
 * Rows of one type in a table. Each write carries a random `writeId`: when the answer of a write is lost and the SDK sends
 * it again, the second one meets a conflict with the first, and the id tells that the row is our own. Every method throws
 * `storage-unavailable`.
 */
export class TypedRows<Columns extends z.ZodObject> {
  readonly #table: Table;
  readonly #columns: Columns;

  /** @param columns without keys; what else a row has is passed over when it is read, and never written */
  constructor(table: Table, columns: Columns) {
    this.#table = table;
    this.#columns = columns;
  }

  /** Undefined if the row is absent. */
  read(keys: RowKeys): Promise<StoredRow<Columns> | undefined> {
    return this.#read(keys, () => true);
  }

  /** Writes the row if there is none; undefined if there is one. */
  insert(keys: RowKeys, row: z.input<Columns>): Promise<StoredRow<Columns> | undefined> {
    return this.#write(keys, row, (client, entity, abortSignal) => client.createEntity(entity, { abortSignal }));
  }

  /** Writes the row in place of the one that has this ETag; undefined if it was changed or deleted meanwhile. */
  replace(keys: RowKeys, row: z.input<Columns>, etag: string): Promise<StoredRow<Columns> | undefined> {
    return this.#write(keys, row, (client, entity, abortSignal) =>
      client.updateEntity(entity, 'Replace', { etag, abortSignal }),
    );
  }

  /** {@link insert} without an ETag, {@link replace} with one. */
  write(keys: RowKeys, row: z.input<Columns>, etag: string | undefined): Promise<StoredRow<Columns> | undefined> {
    return etag === undefined ? this.insert(keys, row) : this.replace(keys, row, etag);
  }

  /** Writes the row, whatever there was. */
  async put(keys: RowKeys, row: z.input<Columns>): Promise<StoredRow<Columns>> {
    const entity = this.#entityOf(keys, row);
    const { etag } = await this.#table.call((client, abortSignal) =>
      client.upsertEntity(entity, 'Replace', { abortSignal }),
    );
    return this.#stored({ ...entity, etag });
  }

  /** Deletes the row that has this ETag, or any with `*`. True if there is none then: it may have been gone before. */
  async delete({ partitionKey, rowKey }: RowKeys, etag: string): Promise<boolean> {
    try {
      await this.#table.call((client, abortSignal) => client.deleteEntity(partitionKey, rowKey, { etag, abortSignal }));
      return true;
    } catch (error) {
      const condition = rowCondition(error);
      if (condition === undefined) throw error;
      return condition === 'absent';
    }
  }

  /** The rows of a partition in the order of their keys: from `from`, or behind `after`, to below `below`, at most `most`. */
  list({ partitionKey, from = '', after, below, most = Infinity }: RowRange): Promise<StoredRow<Columns>[]> {
    return this.#table.call(async (client, abortSignal) => {
      const { odata } = await import('@azure/data-tables');
      const start = after === undefined ? odata` and RowKey ge ${from}` : odata` and RowKey gt ${after}`;
      const end = below === undefined ? '' : odata` and RowKey lt ${below}`;
      const filter = odata`PartitionKey eq ${partitionKey}` + start + end;
      const found: object[] = [];
      const pages = client
        .listEntities({ queryOptions: { filter }, abortSignal })
        .byPage({ maxPageSize: Math.min(most, 1_000) });
      for await (const page of pages) {
        found.push(...page);
        if (found.length >= most) break;
      }
      return found.slice(0, most).map((entity) => this.#stored(entity));
    });
  }

  async #write(
    keys: RowKeys,
    row: z.input<Columns>,
    write: (client: TableClient, entity: Entity, abortSignal: AbortSignal) => Promise<{ etag?: string }>,
  ): Promise<StoredRow<Columns> | undefined> {
    const entity = this.#entityOf(keys, row);
    try {
      return await this.#table.call(async (client, abortSignal) => {
        const { etag } = await write(client, entity, abortSignal);
        return this.#stored({ ...entity, etag });
      });
    } catch (error) {
      if (!rowCondition(error)) throw error;
      return this.#read(keys, (writeId) => writeId === entity.writeId);
    }
  }

  // Parsed within the call: a row that is not of this type is a storage that cannot be used.
  async #read(
    { partitionKey, rowKey }: RowKeys,
    isWanted: (writeId: unknown) => boolean,
  ): Promise<StoredRow<Columns> | undefined> {
    try {
      return await this.#table.call(async (client, abortSignal) => {
        const entity = await client.getEntity(partitionKey, rowKey, { abortSignal });
        return isWanted(entity['writeId']) ? this.#stored(entity) : undefined;
      });
    } catch (error) {
      if (rowCondition(error) === 'absent') return undefined;
      throw error;
    }
  }

  // Parsed, so that nothing but the columns is stored, whatever else the object carries.
  #entityOf({ partitionKey, rowKey }: RowKeys, row: z.input<Columns>): Entity {
    return { partitionKey, rowKey, ...this.#columns.parse(row), writeId: randomUUID() };
  }

  #stored(entity: object): StoredRow<Columns> {
    const { partitionKey, rowKey, etag = '' } = storedKeys.parse(entity);
    return { ...this.#columns.parse(entity), partitionKey, rowKey, etag };
  }
}

/** Which rows of a partition. */
interface RowRange {
  readonly partitionKey: string;
  readonly from?: string;
  readonly after?: string;
  readonly below?: string;
  readonly most?: number;
}

const storedKeys = z.object({ partitionKey: z.string(), rowKey: z.string(), etag: z.string().optional() });
