import { app } from '@azure/functions';
import { startHost } from '../../../local/host/host.ts';
import type { HostLogLine } from '../../../local/host/hostLog.ts';

const happened: string[] = [];

function registerHooks(): void {
  app.hook.appStart((context) => {
    context.hookData['from'] = 'appStart';
    happened.push('appStart');
  });
  app.hook.appTerminate((context) => {
    happened.push(`appTerminate after ${String(context.hookData['from'])}`);
  });
  app.hook.preInvocation((context) => {
    happened.push(`pre 1 ${context.invocationContext.functionName}`);
    const { functionHandler } = context;
    context.functionHandler = (...args) => {
      happened.push('wrapped');
      return functionHandler(...args) as unknown;
    };
  });
  app.hook.preInvocation((context) => {
    happened.push('pre 2');
    context.hookData['from'] = 'pre 2';
  });
  app.hook.postInvocation((context) => {
    happened.push(`post after ${String(context.hookData['from'])}`);
    if (context.error) {
      context.result = { body: `saved from ${(context.error as Error).message}` };
      context.error = null;
    }
  });
  app.hook.log((context) => {
    context.message = context.message.replace('secret', '…');
  });
}

function registerFunctions(): void {
  app.http('talk', {
    authLevel: 'anonymous',
    methods: ['GET'],
    handler: (_, context) => {
      happened.push('handler');
      context.warn('a secret');
      return { body: 'said' };
    },
  });
  app.http('fail', {
    authLevel: 'anonymous',
    methods: ['GET'],
    handler: () => {
      throw new Error('failure');
    },
  });
}

it('runs hooks in the worker’s order, and lets them change what they may', async () => {
  const lines: HostLogLine[] = [];
  const host = await startHost({
    load: () => {
      registerHooks();
      registerFunctions();
      return Promise.resolve();
    },
    functionKey: 'k',
    log: (line) => lines.push(line),
  });

  expect(await (await fetch(`${host.url}/api/talk`)).text()).toBe('said');
  expect(await (await fetch(`${host.url}/api/fail`)).text()).toBe('saved from failure');
  expect(() => {
    app.http('late', { handler: () => ({}) });
  }).toThrow('can only be registered during app startup');
  await host.stop();

  expect(happened).toEqual([
    'appStart',
    ...['pre 1 talk', 'pre 2', 'wrapped', 'handler', 'post after pre 2'],
    ...['pre 1 fail', 'pre 2', 'wrapped', 'post after pre 2'],
    'appTerminate after appStart',
  ]);
  expect(lines.filter(({ category }) => category === 'user')).toEqual([
    {
      level: 'warning',
      category: 'user',
      functionName: 'talk',
      invocationId: expect.any(String) as string,
      message: 'a …',
    },
  ]);
});
