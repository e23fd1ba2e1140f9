/** The one call to the platform, as spare as it can be: node:https on kept connections, nothing checked. */
import { Agent, request as send } from 'node:https';
import { allowedOrigins, newMeetingUrl, setting } from './contender.ts';

const agent = new Agent({ keepAlive: true, timeout: 3_000 });
const [, port = ''] = setting('DEVELOPMENT_CONNECT_TO').split(':');

interface PlatformCalls {
  /** Asks for a token for a session. */
  token(applicationSessionId: string): Promise<unknown>;
}

/** Finds the token resource, with an access token that is good for the whole bench. */
export async function findPlatform(accessToken: string): Promise<PlatformCalls> {
  const call = (url: URL, body?: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const request = send({
        host: '127.0.0.1',
        port,
        servername: url.hostname,
        agent,
        method: body === undefined ? 'GET' : 'POST',
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          accept: 'application/json',
          authorization: `Bearer ${accessToken}`,
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
          else reject(new Error(`the platform answered ${response.statusCode ?? 0}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });

  let url = new URL(setting('TRUSTED_APPLICATION_DISCOVER_URL'));
  for (const relation of ['applications', 'application', 'anonApplicationTokens']) {
    url = new URL(hrefOf(await call(url), relation), url);
    if (relation === 'applications') url.searchParams.set('endpointId', setting('TRUSTED_APPLICATION_ENDPOINT_ID'));
  }
  return {
    token: (applicationSessionId) =>
      call(url, JSON.stringify({ allowedOrigins, applicationSessionId, meetingUrl: newMeetingUrl() })),
  };
}

function hrefOf(resource: unknown, relation: string): string {
  const text = JSON.stringify(resource);
  const [, href] = new RegExp(`"service:${relation}":\\{"href":("[^"]+")`).exec(text) ?? [];
  if (href === undefined) throw new Error(`the platform gave no link ${relation}`);
  return JSON.parse(href) as string;
}
