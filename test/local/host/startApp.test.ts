import { app } from '@azure/functions';
import { startHost } from '../../../local/host/host.ts';

const functionKey = 'k';

it('refuses an app that registers nothing', async () => {
  await expect(startHost({ load: () => Promise.resolve(), functionKey })).rejects.toThrow(
    'The app registered no function.',
  );
});

it('passes on what the app throws while it is loaded', async () => {
  const load = (): Promise<never> => Promise.reject(new Error('a module is missing'));
  await expect(startHost({ load, functionKey })).rejects.toThrow('a module is missing');
});

it('refuses two functions of one name', async () => {
  const load = (): Promise<void> => {
    app.http('twin', { handler: () => ({}) });
    app.http('twin', { handler: () => ({}) });
    return Promise.resolve();
  };
  await expect(startHost({ load, functionKey })).rejects.toThrow('"twin" has already been registered');
});

// Last, because the library keeps its set-up for as long as the process lives.
it('refuses an app that streams', async () => {
  const load = (): Promise<void> => {
    app.setup({ enableHttpStream: true });
    app.get('streaming', () => ({}));
    return Promise.resolve();
  };
  await expect(startHost({ load, functionKey })).rejects.toThrow('remove enableHttpStream');
});
