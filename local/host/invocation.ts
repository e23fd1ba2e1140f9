import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, InvocationRequest, InvocationResponse, LogLevel, TypedData } from './coreTypes.ts';
import { functionApp, type RegisteredFunction } from './functionApp.ts';

/** What triggers an invocation: the data of the trigger binding and, over HTTP, the caller's trace. */
interface Trigger {
  bindingName: string;
  data: TypedData;
  traceParent?: string | undefined;
  traceState?: string | undefined;
}

/**
 * Runs a function once, in the worker's order: arguments, handler, response. A failure is logged and rethrown.
 * After `src/eventHandlers/InvocationHandler.ts` of Azure/azure-functions-nodejs-worker.
 */
export async function invoke(fn: RegisteredFunction, trigger: Trigger): Promise<InvocationResponse> {
  const request = invocationRequest(trigger);
  const origin = { functionName: fn.metadata.name, invocationId: request.invocationId };
  const startedAt = performance.now();
  const logEnd = (level: LogLevel, outcome: string, reason = ''): void => {
    const elapsedMs = Math.round(performance.now() - startedAt);
    const message = `Executed (${outcome}, Duration=${elapsedMs}ms)${reason}`;
    functionApp.log({ level, category: 'system', message, ...origin });
  };
  try {
    const response = await runInWorkerOrder(fn, {
      invocationId: request.invocationId,
      request,
      metadata: fn.metadata,
      state: undefined,
      log: (level, category, message) => {
        functionApp.log({ level, category, message, ...origin });
      },
    });
    logEnd('debug', 'Succeeded');
    return response;
  } catch (error) {
    logEnd('error', 'Failed', ` ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    throw error;
  }
}

function invocationRequest({ bindingName, data, traceParent, traceState }: Trigger): InvocationRequest {
  return {
    invocationId: randomUUID(),
    inputData: [{ name: bindingName, data }],
    traceContext: { traceParent: traceParent ?? newTraceParent(), traceState: traceState ?? '', attributes: {} },
    triggerMetadata: {},
  };
}

/** A trace of its own, not sampled (W3C Trace Context, §3.2). */
function newTraceParent(): string {
  const hex = (): string => randomUUID().replaceAll('-', '');
  return `00-${hex()}-${hex().slice(16)}-00`;
}

async function runInWorkerOrder(
  { callback }: RegisteredFunction,
  core: CoreInvocationContext,
): Promise<InvocationResponse> {
  const { model } = functionApp;
  if (!model) throw new Error('No programming model is registered.');
  const invocation = model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  core.state = 'invocation';
  const result = await invocation.invokeFunction(context, inputs, callback);
  core.state = undefined;
  return invocation.getResponse(context, result);
}
