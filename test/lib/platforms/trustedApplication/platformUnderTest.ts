import { EntraTokens } from '../../../../lib/azure/entraToken.ts';
import { openVault } from '../../../../lib/azure/vault.ts';
import { HttpTransport, type Transport } from '../../../../lib/net/transport.ts';
import type { MeetingPlatform, PlatformGuest } from '../../../../lib/platforms/platform.ts';
import type { TrustedApplicationSettings } from '../../../../lib/platforms/trustedApplication/settings.ts';
import { readSettings } from '../../../../lib/settings.ts';
import type { Call } from '../../../../local/simulator/calls.ts';
import type { World } from '../../../../local/simulator/world.ts';
import { platformOf, trustedApplicationOf } from '../../../support/platforms.ts';
import { meetingUrl, startTestCloud } from '../../../support/testCloud.ts';

/** The adapter and its parts, against the simulated platform, Entra and vault. */
export interface PlatformUnderTest {
  readonly world: World;
  readonly settings: TrustedApplicationSettings;
  readonly transport: Transport;
  /** One that waits for an answer for so long only. */
  impatient(callTimeoutMs: number): Transport;
  /** The adapter's clock; the simulator uses the real one. */
  readonly clock: { aheadMs: number };
  /** An adapter of its own, as another process would have. */
  newPlatform(): MeetingPlatform;
  /** Tokens of the application, as another process would get them. */
  newTokens(): EntraTokens;
  /** Calls that reached the platform's listener, whatever their host. */
  platformCalls(): Call[];
  stop(): Promise<void>;
}

export async function startPlatformUnderTest(): Promise<PlatformUnderTest> {
  const cloud = await startTestCloud();
  const { world } = cloud.simulator;
  const all = readSettings(cloud.environment);
  const settings = trustedApplicationOf(cloud.environment);
  const { connectTo, development } = all;
  const readSecret = openVault(all);
  const transport = new HttpTransport({ connectTo }).send;
  const clock = { aheadMs: 0 };
  const now = (): number => Date.now() + clock.aheadMs;
  return {
    world,
    settings,
    transport,
    impatient: (callTimeoutMs) => new HttpTransport({ connectTo, callTimeoutMs }).send,
    clock,
    newPlatform: () => platformOf(all, 'trusted-application', { readSecret, transport, now }),
    newTokens: () =>
      new EntraTokens({ entra: settings.entra, audience: settings.audience, readSecret, development, now }),
    platformCalls: () => world.calls.filter(({ service }) => service === 'platform'),
    stop: () => cloud.stop(),
  };
}

export const guest: PlatformGuest = {
  applicationSessionId: '2e7c9a50-5a2e-4c3f-9a54-1f0f6f1f2f3f',
  meetingUrl,
  allowedOrigins: ['https://www.contoso.example', 'https://advisor.contoso.example'],
};

/** A request's time limit, as the endpoints set it. */
export const requestSignal = (): AbortSignal => AbortSignal.timeout(15_000);
