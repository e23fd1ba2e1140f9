import { app } from '@azure/functions';
import { asProblem, Problem } from './problem.ts';
import { createService, httpEndpoints, misconfiguredService, type HttpFunctionName, type Service } from './service.ts';
import { readRegistrationSettings, readSettings } from './settings.ts';

/**
 * The one place that knows the process: its environment, its service and the functions of its host. Registration comes
 * before anything is checked, so it reads the two settings leniently that decide how functions are registered.
 */
const registration = readRegistrationSettings(process.env);

let service: Service | undefined;

/** The service of this process. Settings that cannot be used are read again with the next request. */
function processService(): Service {
  if (service) return service;
  try {
    const settings = readSettings(process.env);
    if (settings.callerAuth.kind !== registration.callerAuth) {
      throw new Problem(
        'configuration-invalid',
        'CALLER_AUTH has changed since the functions were registered. Restart the app.',
      );
    }
    service = createService(settings);
    return service;
  } catch (error) {
    return misconfiguredService(asProblem(error), registration.callerAuth);
  }
}

/** Registers an HTTP function; those of the sample service only where the settings say so. */
export function registerHttp(name: HttpFunctionName): void {
  const { method, route, auth } = httpEndpoints[name];
  if (auth === 'sample-service' && registration.sampleServiceEndpoints === 'off') return;
  app.http(name, {
    methods: [method],
    route,
    authLevel: authLevelOf(auth),
    handler: (request, context) => processService().endpoints[name](request, context),
  });
}

/** Registers a timer. @param schedule the setting that holds its NCRONTAB expression, as `%NAME%` */
export function registerTimer(name: keyof Service['timers'], schedule: string): void {
  app.timer(name, { schedule, handler: (timer, context) => processService().timers[name](timer, context) });
}

/** With Entra the host lets everybody through, and the pipeline looks at who calls. */
function authLevelOf(auth: (typeof httpEndpoints)[HttpFunctionName]['auth']): 'anonymous' | 'function' {
  if (auth === 'sample-service') return registration.sampleServiceEndpoints === 'open' ? 'anonymous' : 'function';
  return auth === 'anonymous' || registration.callerAuth === 'entra' ? 'anonymous' : 'function';
}
