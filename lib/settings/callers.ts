import type * as z from 'zod';
import { guid } from './readers.ts';
import type { serviceSchema } from './service.ts';

/** Who may call the endpoints that are not open to everybody. */
export type CallerAuth =
  | { readonly kind: 'function-key' }
  /** Applications of one tenant, by their client ids in lower case. */
  | { readonly kind: 'entra'; readonly tenantId: string; readonly appIds: readonly string[] };

/** Reads `CALLER_AUTH` and what belongs to it. @param given all settings, for the tenant that two of them can name. */
export function callerAuthOf(
  service: z.output<ReturnType<typeof serviceSchema>>,
  given: Readonly<Record<string, string>>,
): { callerAuth: CallerAuth; mistakes: string[] } {
  const { CALLER_AUTH: kind, CALLER_APP_IDS: appIds, SAMPLE_SERVICE_ENDPOINTS: sampleEndpoints } = service;
  if (kind === 'function-key') return { callerAuth: { kind }, mistakes: [] };
  const tenant = guid.safeParse(service.CALLER_TENANT_ID ?? given['ENTRA_TENANT_ID']);
  return {
    callerAuth: { kind, tenantId: tenant.data?.toLowerCase() ?? '', appIds: appIds ?? [] },
    mistakes: [
      ...(tenant.success ? [] : ['CALLER_TENANT_ID or ENTRA_TENANT_ID must be a GUID']),
      ...(appIds ? [] : ['CALLER_APP_IDS is missing']),
      // Its clients know neither tokens nor sign-in.
      ...(sampleEndpoints === 'off' ? [] : ['SAMPLE_SERVICE_ENDPOINTS must be off with CALLER_AUTH=entra']),
      // Set by App Service itself when its authentication is on. Without it anybody could send the headers that it sets.
      ...(given['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true'
        ? []
        : ['CALLER_AUTH=entra needs App Service authentication to be on']),
    ],
  };
}
