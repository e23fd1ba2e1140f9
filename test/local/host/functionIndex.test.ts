import { app } from '@azure/functions';
import { startHost } from '../../../local/host/host.ts';

const handler = (): object => ({});

/** Registers one app for the whole file; the library can be asked for it only once in a process. */
function load(): Promise<void> {
  app.timer('scheduled', { schedule: '%SCHEDULE%', handler });
  app.timer('unresolved', { schedule: '%NO_SUCH_SETTING%', handler });
  app.timer('unreadable', { schedule: '0 0 25 * * *', handler });
  app.http('first', { route: 'shared', methods: ['GET'], handler });
  app.http('second', { route: '/Shared/', methods: ['POST'], handler });
  app.http('third', { route: 'SHARED', methods: ['GET', 'PUT'], handler });
  app.http('reserved', { route: 'admin/secrets', handler });
  app.http('9lives', { handler });
  app.http('puzzling', { route: 'v1/{id:guid}', handler });
  app.storageQueue('queued', { queueName: 'q', connection: 'c', handler });
  return Promise.resolve();
}

it('serves the functions that are in order and names what is wrong with the others', async () => {
  const errors: Record<string, string> = {};
  const host = await startHost({
    load,
    functionKey: 'k',
    hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    environment: { SCHEDULE: '0 0 3 * * *' },
    timers: false,
    log: ({ level, functionName = '', message }) => {
      if (level === 'error') errors[functionName] = message.replace(/^The '.*' function is in error: /, '');
    },
  });
  expect(host.functions).toEqual(['first', 'second', 'scheduled']);
  expect((await fetch(`${host.url}/shared`)).status).toBe(200);
  await host.stop();

  expect(errors).toEqual({
    unresolved: "The setting NO_SUCH_SETTING in '%NO_SUCH_SETTING%' is missing.",
    unreadable: 'The schedule "0 0 25 * * *" is wrong in the field "hour": "25" is not a number from 0 to 23.',
    third: "The route conflicts with the route of the function 'first'.",
    reserved: 'The specified route conflicts with one or more built in routes.',
    '9lives': "'9lives' is not a valid function name.",
    puzzling: 'The route parameter "{id:guid}" is not known to the local host.',
    queued: 'The local host knows HTTP and timer triggers only, not queueTrigger.',
  });
});
