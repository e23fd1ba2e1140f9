import { randomUUID } from 'node:crypto';
import { jsonAnswer, type Answer } from '../../http/exchange.ts';
import { clientId, tenantId } from './entraClients.ts';

// Status, error and text by AADSTS code, as Entra words them but for the ids that it puts in.
const catalogue = {
  90002: [400, 'invalid_request', 'Tenant not found. Check to make sure you have the correct tenant ID.'],
  90033: [503, 'temporarily_unavailable', 'A transient error has occurred. Please try again.'],
  90014: [400, 'invalid_request', 'The required field is missing from the credential.'],
  70003: [400, 'unsupported_grant_type', 'The app requested an unsupported grant type.'],
  700016: [400, 'unauthorized_client', `Application was not found in the directory '${tenantId}'.`],
  500011: [400, 'invalid_resource', 'The resource principal was not found in the tenant.'],
  1002012: [400, 'invalid_scope', 'Client credential flows must have a scope value with /.default suffixed.'],
  7000215: [401, 'invalid_client', `Invalid client secret provided for app '${clientId}'.`],
  7000216: [401, 'invalid_client', "'client_assertion', 'client_secret' or 'request' is required for this grant type."],
  700021: [401, 'invalid_client', "Client assertion application identifier doesn't match 'client_id' parameter."],
  700023: [401, 'invalid_client', 'Client assertion audience claim does not match Realm issuer.'],
  700024: [401, 'invalid_client', 'Client assertion is not within its valid time range.'],
  700027: [401, 'invalid_client', 'Client assertion contains an invalid signature. The key was not found.'],
} as const satisfies Record<number, readonly [number, string, string]>;

/** The number behind `AADSTS` in an Entra error. */
export type EntraErrorCode = keyof typeof catalogue;

/** An error answer of the token endpoint, in Entra's form. @param now milliseconds since the epoch */
export function entraError(code: EntraErrorCode, now: number): Answer {
  const [status, error, sentence] = catalogue[code];
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trail = `Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`;
  return jsonAnswer(status, {
    error,
    error_description: `AADSTS${code}: ${sentence} ${trail}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
}
