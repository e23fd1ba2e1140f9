import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Call, remember, secretsIn } from '../calls.ts';
import type { Fault } from '../faults.ts';
import type { Service } from '../operations.ts';
import type { World } from '../world.ts';
import { readRequest, type Answer, type Request } from './exchange.ts';

/** What a request asks for, and how it is answered when there is no fault. */
export interface Route {
  operation: Call['operation'];
  /** May wait before it answers. @param gone is aborted when the client has closed the connection */
  answer: (gone: AbortSignal) => Answer | Promise<Answer>;
}

/** One service, as far as HTTP goes. */
export interface Served {
  route(request: Request): Route;
  /** What the service says with a status that a fault dictates. */
  fail(request: Request, status: number): Answer;
}

/** What guests ask of a service beside its other clients. */
export interface GuestRoutes extends Served {
  /** Whether a request is one of a guest's. */
  serves(request: Request): boolean;
}

/** Serves one service's requests: records each call, applies its operation's fault, answers. */
export function serve(world: World, service: Service, served: Served): RequestListener {
  return (incoming, outgoing) => {
    answerOne(world, service, served, incoming, outgoing).catch((error: unknown) => {
      // A mistake of the simulator itself, or a client that went away while it was sending.
      if (outgoing.destroyed || outgoing.headersSent) outgoing.destroy();
      else
        send(outgoing, { status: 500, headers: { 'Content-Type': 'text/plain' }, body: `Simulator: ${String(error)}` });
    });
  };
}

async function answerOne(
  world: World,
  service: Service,
  served: Served,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  const { operation, answer } = served.route(request);
  const requestId = request.headers['client-request-id'];
  const secrets = secretsIn(request, world.onPremises.meetings);
  const call: Call = {
    service,
    operation,
    scheme: request.scheme,
    method: request.method,
    host: request.host,
    path: request.path,
    query: request.query,
    status: 0,
    at: world.now(),
    authorized: request.headers.authorization !== undefined,
    ...(secrets.length > 0 && { secrets }),
    ...(typeof requestId === 'string' && { requestId }),
  };
  remember(world.calls, call);

  const fault = (operation === 'unknown' ? undefined : world.faults.take(operation)) ?? {};
  if (fault.delayMs !== undefined) await pause(fault.delayMs, outgoing);
  if (fault.never || outgoing.destroyed) return;

  const gone = goneFrom(outgoing);
  const given = fault.status === undefined ? await answer(gone) : served.fail(request, fault.status);
  if (given.connection === 'silent' || gone.aborted) return;
  const spoilt = spoil(given, fault);
  if (fault.cut === 'before-answer' || given.connection === 'cut') {
    outgoing.destroy();
    return;
  }
  call.status = spoilt.status;
  send(outgoing, spoilt, fault);
}

function goneFrom(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  outgoing.once('close', () => {
    gone.abort();
  });
  return gone.signal;
}

function spoil(answer: Answer, fault: Fault): Answer {
  let body = fault.body ?? answer.body;
  if (fault.malformed) body = body.slice(0, Math.floor(body.length / 2)) || '{';
  if (fault.oversize) body += ' '.repeat(64 * 1024 + 1);
  const headers = new Map<string, string | string[]>();
  const contentType = fault.contentType === undefined ? {} : { 'content-type': fault.contentType };
  for (const added of [answer.headers, fault.headers ?? {}, contentType]) {
    for (const [name, value] of Object.entries(added)) headers.set(name.toLowerCase(), value);
  }
  return { status: answer.status, headers: Object.fromEntries(headers), body };
}

function send(outgoing: ServerResponse, answer: Answer, fault: Fault = {}): void {
  const body = Buffer.from(answer.body);
  if (fault.cut === 'mid-body') {
    // One byte more than there is, so that even an empty body is cut short.
    outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': body.length + 1 });
    outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => outgoing.destroy());
    return;
  }
  outgoing.writeHead(answer.status, answer.headers);
  // Written apart from the end, an oversize body is sent in chunks, without a Content-Length.
  if (fault.oversize) outgoing.write(body, () => outgoing.end());
  else outgoing.end(body);
}

/** Waits, but not longer than the connection lives. */
function pause(milliseconds: number, outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    outgoing.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
