/**
 * Retries of every Azure client. Spelt out, because the SDKs' own defaults hang 5 to 6 s on a service that refuses
 * connections, which is a third of what a caller may wait.
 */
export const retryOptions = { maxRetries: 2, retryDelayInMs: 60, maxRetryDelayInMs: 300 } as const;

/** How long one call to an Azure service may take, its retries included. */
export const azureCallTimeoutMs = 4_000;
