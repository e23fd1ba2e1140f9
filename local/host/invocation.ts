import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, InvocationRequest, InvocationResponse, TypedData } from './coreTypes.ts';
import { functionApp, type LogOrigin, type RegisteredFunction } from './functionApp.ts';

/** What triggers an invocation: the data of the trigger binding and, over HTTP, the caller's trace. */
export interface Trigger {
  bindingName: string;
  data: TypedData;
  traceParent?: string | undefined;
  traceState?: string | undefined;
}

/**
 * Runs a function once, in the worker's order: arguments, preInvocation hooks (which may replace inputs and handler),
 * the handler, postInvocation hooks (which may replace result and error), response. A failure is logged and rethrown.
 * After `src/eventHandlers/InvocationHandler.ts` of Azure/azure-functions-nodejs-worker.
 */
export async function invoke(fn: RegisteredFunction, trigger: Trigger): Promise<InvocationResponse> {
  const request = invocationRequest(trigger);
  const origin: LogOrigin = { functionName: fn.metadata.name, invocationId: request.invocationId, hookData: {} };
  const startedAt = performance.now();
  const executed = (outcome: string): string =>
    `Executed (${outcome}, Duration=${Math.round(performance.now() - startedAt)}ms)`;
  try {
    const response = await runInWorkerOrder(fn, request, origin);
    functionApp.log('debug', 'system', executed('Succeeded'), origin);
    return response;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    functionApp.log('error', 'system', `${executed('Failed')} ${reason}`, origin);
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

/** A trace of its own, not sampled (W3C Trace Context §3.2). */
function newTraceParent(): string {
  const hex = (): string => randomUUID().replaceAll('-', '');
  return `00-${hex()}-${hex().slice(16)}-00`;
}

async function runInWorkerOrder(
  { metadata, callback }: RegisteredFunction,
  request: InvocationRequest,
  origin: LogOrigin,
): Promise<InvocationResponse> {
  const { model, hookContext } = functionApp;
  if (!model) throw new Error('No programming model is registered.');
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata,
    state: undefined,
    log: (level, category, message) => {
      functionApp.log(level, category, message, origin);
    },
  };
  const invocation = model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  origin.invocationContext = context;
  const { appHookData } = hookContext;
  const shared = { hookData: origin.hookData ?? {}, appHookData, invocationContext: context };

  core.state = 'preInvocationHooks';
  const before = { ...shared, inputs, functionCallback: callback };
  await functionApp.runHooks('preInvocation', before);

  core.state = 'invocation';
  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  core.state = 'postInvocationHooks';
  await functionApp.runHooks('postInvocation', after);
  core.state = undefined;

  // Whatever was thrown is thrown on, as the worker does, even if it is no Error.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}
