import { app } from '@azure/functions';

/** A small app, registered through the real library: what the tests of the host call. */

/** The requests that wait at the function `slow`: a test answers one by calling what it left here. */
export const held: (() => void)[] = [];

app.http('echo', {
  methods: ['GET', 'POST', 'DELETE'],
  authLevel: 'anonymous',
  route: 'v1/echo/{id}/{part?}',
  handler: async (request, context) => ({
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-sent'),
      body: await request.text(),
      traceParent: context.traceContext?.traceParent,
    },
  }),
});

app.http('headers', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (request) => ({ jsonBody: Object.fromEntries(request.headers) }),
});

app.http('bytes', {
  methods: ['PUT'],
  authLevel: 'anonymous',
  handler: async (request) => ({
    body: new Uint8Array(await request.arrayBuffer()).reverse(),
    headers: { 'content-type': 'application/octet-stream' },
  }),
});

app.http('talk', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (_, context) => {
    context.warn('said');
    return {};
  },
});

app.http('guarded', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'in' }) });
app.http('forAdmins', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'in' }) });
// The library's types ask for a response; JavaScript apps forget it.
const nothing = undefined as unknown as object;
app.http('mute', { methods: ['GET'], authLevel: 'anonymous', handler: () => nothing });
app.http('rest', { methods: ['GET'], authLevel: 'anonymous', route: '{rest}', handler: () => ({ body: 'rest' }) });

app.http('failing', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('broken on purpose');
  },
});

app.http('notAResponse', { methods: ['GET'], authLevel: 'anonymous', handler: () => 'text' as unknown as object });

app.http('decorated', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({
    status: 418,
    headers: { vary: 'Accept', 'x-own': 'yes' },
    cookies: [
      { name: 'seat', value: 'a b', maxAge: 60, httpOnly: true, secure: true, sameSite: 'None' },
      { name: 'row', value: '1', path: '/api', expires: new Date(0), domain: 'example.org' },
    ],
  }),
});

app.http('slow', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () =>
    new Promise((resolve) => {
      held.push(() => {
        resolve({ body: 'at last' });
      });
    }),
});
