import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { X509Certificate } from 'node:crypto';
import type { Certificates } from '../../../local/certificates.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../local/simulator/simulator.ts';
import { pem as sharedPem } from '../../support/pem.ts';

/** A Thursday, with a fraction of a second that shows in dates. */
export const noon = Date.UTC(2026, 0, 15, 12, 0, 0, 292);

export const clientSecret = 'the-first-client-secret';
export const meetingUrl = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  rawHeaders: string[];
  text: string;
  /** The parsed body. */
  json: unknown;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string> | undefined;
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown;
  /** Gives up: the connection is closed. */
  signal?: AbortSignal;
}

export interface TestSimulator extends Simulator {
  pem: Certificates;
  certificate: X509Certificate;
  clock: { now: number };
  /** The world as it was at the start, at noon. */
  reset(): Promise<void>;
  /** Sends a request, following no redirect. A URL of an invented host goes to the platform's port. */
  ask(url: string, ask?: Ask): Promise<Reply>;
  /** Asks Entra for a token, proving itself with the secret. */
  entraToken(audience?: string): Promise<string>;
  /** Sends a request with a token for the platform. */
  askPlatform(url: string, ask?: Ask): Promise<Reply>;
}

// A connection for each request, because a pooled one would hide that a port is closed; TLS sessions are resumed.
const agent = new Agent({ keepAlive: false });

/** Starts a simulator whose clock stands at noon, with a client secret known to Entra. */
export async function startTestSimulator(options: Partial<SimulatorOptions> = {}): Promise<TestSimulator> {
  const pem = { ca: sharedPem('ca'), cert: sharedPem('cert'), key: sharedPem('key') };
  const clock = { now: noon };
  const simulator = await startSimulator({
    tls: pem,
    now: () => clock.now,
    seed: (world) => {
      world.entra.acceptedSecrets = [clientSecret];
    },
    ...options,
  });

  const ask: TestSimulator['ask'] = (url, { method = 'GET', headers = {}, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const { protocol, hostname, port, pathname, search } = new URL(url);
      const target = {
        host: '127.0.0.1',
        port: port || simulator.platform.port,
        path: pathname + search,
        method,
        ...(signal && { signal }),
        headers: { ...headers, host: port ? `${hostname}:${port}` : hostname },
      };
      const request =
        protocol === 'http:'
          ? plainRequest({ ...target, agent: false })
          : secureRequest({ ...target, agent, servername: hostname, ca: pem.ca });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers, rawHeaders } = response;
          resolve({ status, headers, rawHeaders, text, json: parsed(text) });
        });
      });
      request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });

  const entraToken: TestSimulator['entraToken'] = async (audience = simulator.platform.audience) => {
    const { url, tenantId, clientId } = simulator.entra;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${audience}/.default`,
    });
    const reply = await ask(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: body.toString() });
    return String(at(reply.json, 'access_token'));
  };

  return {
    ...simulator,
    pem,
    certificate: new X509Certificate(pem.cert),
    clock,
    reset: () => {
      clock.now = noon;
      return simulator.world.reset();
    },
    ask,
    entraToken,
    askPlatform: async (url, given = {}) =>
      ask(url, { ...given, headers: { authorization: `Bearer ${await entraToken()}`, ...given.headers } }),
  };
}

/** What stands at a path of property names in parsed JSON. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

/** The header or the claims of a JSON web token. */
export function tokenPart(token: string, part: 'header' | 'claims'): unknown {
  return JSON.parse(Buffer.from(token.split('.')[part === 'header' ? 0 : 1] ?? '', 'base64url').toString('utf8'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
