import { Agent, createServer, request as sendOn, type IncomingMessage, type ServerResponse } from 'node:http';
import { openListener } from '../../local/simulator/http/listener.ts';

type TableOperation = 'insert' | 'read' | 'list' | 'update' | 'upsert' | 'merge' | 'delete';

/** One round trip to the table server, recorded on arrival. */
export interface TableCall {
  readonly operation: TableOperation;
  readonly table: string;
  /** Empty where the URL names no row. */
  readonly rowKey: string;
  /** 0 while there is no answer. */
  status: number;
}

export interface TableFault {
  /**
   * `stall`: neither carried out nor answered. `cut`: carried out, then the connection is destroyed before the answer.
   * A status: answered so, and not carried out.
   */
  readonly kind: 'stall' | 'cut' | 412 | 500 | 503;
  /** Default: every call. */
  readonly when?: (call: TableCall) => boolean;
  /** Lifts by itself after so many calls. Without it, the fault stays until `mend`. */
  readonly times?: number;
}

/** Stands before the table server on a port of its own, counts what passes and breaks what it is told to. */
export interface TableProxy {
  /** That of the account behind it, with the proxy as the endpoint. */
  readonly connectionString: string;
  readonly calls: TableCall[];
  /** Round trips by table and operation, as in `guests insert`. */
  counts(): Record<string, number>;
  break(fault: TableFault): void;
  /** Ends every fault, and lets out answers that were kept back. */
  mend(): void;
  /** Closes the port, so that connections are refused, or opens it again under the same number. */
  setDown(down: boolean): Promise<void>;
  /** From now on answers are kept back until the function that this returns is called. */
  holdAnswers(): () => void;
  stop(): Promise<void>;
}

/** Puts a proxy before the account of `connectionString`. Paths and headers pass unchanged: the signature covers them. */
export async function startTableProxy(connectionString: string): Promise<TableProxy> {
  const [, endpoint = ''] = /TableEndpoint=([^;]+)/.exec(connectionString) ?? [];
  const target = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const calls: TableCall[] = [];
  const faults: { fault: TableFault; left: number }[] = [];
  let gate = Promise.resolve();
  let openGate: () => void = () => undefined;

  const faultOf = (call: TableCall): TableFault['kind'] | undefined => {
    const active = faults.find(({ fault, left }) => left > 0 && (fault.when?.(call) ?? true));
    if (active) active.left -= 1;
    return active?.fault.kind;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const call = readCall(incoming);
    calls.push(call);
    const held = gate;
    const kind = faultOf(call);
    if (kind === 'stall') return;
    if (typeof kind === 'number') {
      call.status = kind;
      outgoing.writeHead(kind, { 'content-type': 'application/json' }).end('{"odata.error":{"code":"ServerBusy"}}');
      return;
    }
    const { method, url: path, rawHeaders: headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sendOn({ host: target.hostname, port: target.port, method, path, headers, agent }, resolve)
        .on('error', reject)
        .end(body);
    });
    const text = await readAll(answer);
    await held;
    if (kind === 'cut') {
      outgoing.destroy();
      return;
    }
    call.status = answer.statusCode ?? 0;
    outgoing.writeHead(call.status, answer.rawHeaders).end(text);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const listener = await openListener(server, 0);

  return {
    connectionString: connectionString.replace(target.host, `127.0.0.1:${listener.port}`),
    calls,
    counts() {
      const counts: Record<string, number> = {};
      for (const { table, operation } of calls) {
        counts[`${table} ${operation}`] = (counts[`${table} ${operation}`] ?? 0) + 1;
      }
      return counts;
    },
    break: (fault) => faults.push({ fault, left: fault.times ?? Infinity }),
    mend() {
      faults.length = 0;
      openGate();
    },
    setDown: (down) => listener.setDown(down),
    holdAnswers() {
      openGate();
      gate = new Promise((resolve) => (openGate = resolve));
      return openGate;
    },
    async stop() {
      await listener.setDown(true);
      agent.destroy();
    },
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The operation by method and path, `/account/table` or `/account/table(PartitionKey='…',RowKey='…')`. */
function readCall({ method = '', url = '', headers }: IncomingMessage): TableCall {
  const [, table = '', keys = ''] = /^\/[^/]+\/(\w+)(\([^?]*\))?/.exec(decodeURIComponent(url)) ?? [];
  const operations: Record<string, TableOperation> = {
    POST: 'insert',
    GET: keys.includes('PartitionKey') ? 'read' : 'list',
    PUT: headers['if-match'] === undefined ? 'upsert' : 'update',
    PATCH: 'merge',
    DELETE: 'delete',
  };
  const [, rowKey = ''] = /RowKey='([^']*)'/.exec(keys) ?? [];
  return { operation: operations[method] ?? 'list', table, rowKey, status: 0 };
}
