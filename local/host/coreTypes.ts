/**
 * The interface between the Functions worker and a programming model, as far as HTTP and timer functions need it.
 * After `types-core/index.d.ts` of Azure/azure-functions-nodejs-worker, which is no npm package.
 */
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

/**
 * One trigger, input or output of a function. What else it carries depends on its type and is checked by who needs it.
 */
interface Binding {
  type: string;
  direction: 'in' | 'out' | 'inout';
  [property: string]: unknown;
}

/** A function as `app.http` or `app.timer` registers it. */
export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, Binding>;
}

export type FunctionCallback = (...inputsAndContext: unknown[]) => unknown;

export interface Nullable<T> {
  value?: T | null;
}

export interface HttpCookie {
  name?: string;
  value?: string;
  domain?: Nullable<string>;
  path?: Nullable<string>;
  expires?: Nullable<{ seconds?: number | null; nanos?: number | null }>;
  secure?: Nullable<boolean>;
  httpOnly?: Nullable<boolean>;
  /** `none` says nothing about SameSite; `explicitNone` says `SameSite=None`. */
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  maxAge?: Nullable<number>;
}

/** An HTTP request on its way in, or an HTTP response on its way out. */
export interface HttpData {
  method?: string;
  url?: string;
  nullableHeaders?: Record<string, Nullable<string>>;
  nullableParams?: Record<string, Nullable<string>>;
  nullableQuery?: Record<string, Nullable<string>>;
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: HttpCookie[];
  body?: TypedData | null;
}

export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  http?: HttpData;
}

export interface InvocationRequest {
  invocationId: string;
  inputData: { name: string; data: TypedData }[];
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  triggerMetadata: Record<string, TypedData>;
}

export interface InvocationResponse {
  returnValue?: TypedData | null;
}

/** What the worker gives the programming model for one invocation. */
export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: FunctionMetadata;
  state: 'invocation' | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** One invocation, seen from the programming model. The worker calls the three methods in this order. */
interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

/** `@azure/functions` itself, as it presents itself to the worker. */
export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(workerCapabilities: Record<string, string>): Promise<Record<string, string>>;
}
