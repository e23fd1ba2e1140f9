import * as z from 'zod';
import { functionApp, type RegisteredFunction } from './functionApp.ts';
import { parseSchedule, type Schedule } from '../../admin/ncrontab.ts';
import { parseRouteTemplate, type RouteTemplate } from './routes.ts';

/** A function that answers HTTP requests. */
export interface HttpFunction {
  registered: RegisteredFunction;
  bindingName: string;
  /** Upper case; none stands for all. */
  methods: readonly string[];
  needsKey: boolean;
  /** With the route prefix, in lower case: what makes two routes the same. */
  route: string;
  template: RouteTemplate;
}

/** A function that runs on schedule. */
export interface TimerFunction {
  registered: RegisteredFunction;
  bindingName: string;
  schedule: Schedule;
  runOnStartup: boolean;
  useMonitor: boolean;
}

interface FunctionIndex {
  http: readonly HttpFunction[];
  timers: readonly TimerFunction[];
}

interface IndexOptions {
  routePrefix: string;
  /** Where `%SETTING%` in a schedule is looked up. */
  environment: NodeJS.ProcessEnv;
}

const httpTrigger = z.object({
  authLevel: z.enum(['anonymous', 'function', 'admin']),
  methods: z.array(z.string().toUpperCase()),
  route: z.string().optional(),
});

const timerTrigger = z.object({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

/** Reads the triggers of all functions. One in error is logged and left out; the others are served, as in Azure. */
export function indexFunctions(functions: readonly RegisteredFunction[], options: IndexOptions): FunctionIndex {
  const index = { http: [] as HttpFunction[], timers: [] as TimerFunction[] };
  for (const registered of functions) {
    const { name } = registered.metadata;
    try {
      indexFunction(registered, options, index);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The '${name}' function is in error: ${reason}`;
      functionApp.log({ level: 'error', category: 'system', functionName: name, message });
    }
  }
  return index;
}

function indexFunction(
  registered: RegisteredFunction,
  { routePrefix, environment }: IndexOptions,
  index: { http: HttpFunction[]; timers: TimerFunction[] },
): void {
  const { name, bindings } = registered.metadata;
  if (!/^(?!host$)[a-z][\w-]{0,127}$/i.test(name)) throw new Error(`'${name}' is not a valid function name.`);
  const [bindingName, binding] = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type)) ?? [];
  if (!bindingName || !binding) throw new Error('It has no trigger.');

  switch (binding.type.toLowerCase()) {
    case 'httptrigger': {
      const fn = httpFunction(registered, bindingName, httpTrigger.parse(binding), routePrefix);
      const taken = index.http.find((other) => other.route === fn.route && shareMethods(other, fn));
      if (taken) {
        throw new Error(`The route conflicts with the route of the function '${taken.registered.metadata.name}'.`);
      }
      index.http.push(fn);
      return;
    }
    case 'timertrigger': {
      const { schedule, ...flags } = timerTrigger.parse(binding);
      const resolved = parseSchedule(resolveSettings(schedule, environment));
      index.timers.push({ registered, bindingName, schedule: resolved, ...flags });
      return;
    }
    default:
      throw new Error(`The local host knows HTTP and timer triggers only, not ${binding.type}.`);
  }
}

function httpFunction(
  registered: RegisteredFunction,
  bindingName: string,
  trigger: z.infer<typeof httpTrigger>,
  routePrefix: string,
): HttpFunction {
  const ownRoute = (trigger.route ?? registered.metadata.name).replaceAll(/^\/|\/$/g, '');
  if (/^(admin|runtime)/i.test(ownRoute)) {
    throw new Error('The specified route conflicts with one or more built in routes.');
  }
  const route = [routePrefix, ownRoute].filter(Boolean).join('/');
  return {
    registered,
    bindingName,
    methods: trigger.methods,
    needsKey: trigger.authLevel !== 'anonymous',
    route: route.toLowerCase(),
    template: parseRouteTemplate(route),
  };
}

function shareMethods(one: HttpFunction, other: HttpFunction): boolean {
  const everything = one.methods.length === 0 || other.methods.length === 0;
  return everything || one.methods.some((method) => other.methods.includes(method));
}

/** Replaces `%NAME%` by the setting of that name. */
function resolveSettings(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`The setting ${name} in '${text}' is missing.`);
    return value;
  });
}
