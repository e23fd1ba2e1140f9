/** A request to the service and what came back. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly sent: string;
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

interface Ask {
  readonly method?: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** `undefined` leaves a header out. */
  readonly headers?: Record<string, string | undefined>;
}

export type Service = (path: string, ask?: Ask) => Promise<Exchange>;

/** Talks to a service as its callers do, and remembers every exchange. */
export function recordingService(url: string, functionKey: string): { ask: Service; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  const ask: Service = async (path, { method, body, headers = {} } = {}) => {
    const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const wanted: NonNullable<Ask['headers']> = {
      'x-functions-key': functionKey,
      'content-type': 'application/json',
      ...headers,
    };
    const response = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ...(body !== undefined && { body: sent }),
    });
    const exchange = {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path,
      sent,
      status: response.status,
      headers: JSON.stringify([...response.headers]),
      text: await response.text(),
    };
    exchanges.push(exchange);
    return exchange;
  };
  return { ask, exchanges };
}

/** What has to be free of secrets: the whole answer but the fields in which the guest's own things are handed over. */
export function toBeClean(exchange: Exchange): string {
  const { status, headers, text } = exchange;
  const body = bodyOf(exchange);
  if (!body) return headers + text;
  const own = status < 300 ? guestsOwn : isOwnAttempt(exchange, body) ? ['applicationSessionId'] : [];
  return headers + JSON.stringify(Object.fromEntries(Object.entries(body).filter(([name]) => !own.includes(name))));
}

const guestsOwn = ['applicationSessionId', 'meetingUrl', 'token', 'discoverUrl', 'onlineMeetingUri'];

/** Whether the problem names the attempt that it is about: the caller's own id, or the one made for this request. */
function isOwnAttempt({ status, sent }: Exchange, { applicationSessionId }: Record<string, unknown>): boolean {
  if (status < 502) return false;
  return sent.includes(`"${String(applicationSessionId)}"`) || !sent.includes('"applicationSessionId"');
}

/** The JSON object that was answered, if it was one. */
export function bodyOf({ text }: Exchange): Record<string, unknown> | undefined {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}
