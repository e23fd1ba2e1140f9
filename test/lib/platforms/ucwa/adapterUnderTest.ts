import { openVault } from '../../../../lib/azure/vault.ts';
import { HttpTransport, type Transport, type UpstreamRequest } from '../../../../lib/net/transport.ts';
import { findUser } from '../../../../lib/platforms/ucwa/autodiscovery.ts';
import { DiscoveryFailure, type DiscoveryFailureCode } from '../../../../lib/platforms/ucwa/failure.ts';
import { beginSearch, type Search } from '../../../../lib/platforms/ucwa/search.ts';
import type { Grant } from '../../../../lib/platforms/ucwa/webTicket.ts';
import type { MeetingPlatform, PlatformGuest } from '../../../../lib/platforms/platform.ts';
import type { UcwaSettings } from '../../../../lib/platforms/ucwa/settings.ts';
import { readSettings } from '../../../../lib/settings.ts';
import { appSettings } from '../../../../local/appSettings.ts';
import type { SipDomain } from '../../../../local/simulator/hostNames.ts';
import type { DeploymentBehaviour } from '../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { startSimulator } from '../../../../local/simulator/simulator.ts';
import type { World } from '../../../../local/simulator/world.ts';
import { platformOf, ucwaOf } from '../../../support/platforms.ts';
import { pem } from '../../../support/testCloud.ts';

/** The adapter and its parts, against the simulated servers of Contoso (2.0) and Litware (1.0). */
export interface AdapterUnderTest {
  readonly world: World;
  /** Every request as the adapter made it, before it left. */
  readonly sent: UpstreamRequest[];
  readonly transport: Transport;
  /** One that waits for an answer for so long only. */
  impatient(callTimeoutMs: number): Transport;
  /** Healthy servers, and nothing recorded. */
  reset(): Promise<void>;
  behave(behaviour: Partial<DeploymentBehaviour>, domain?: SipDomain): void;
  settings(changes?: Record<string, string>): UcwaSettings;
  /** An adapter of its own, as another process would have. */
  newPlatform(changes?: Record<string, string>): MeetingPlatform;
  /** The user link of Contoso, or how discovery failed. */
  discover(changes?: Record<string, string>, send?: Transport): Promise<string | DiscoveryFailure>;
  /** The requests that arrived, such as `https://lyncdiscover.contoso.example/`. */
  arrived(): string[];
  stop(): Promise<void>;
}

/** @param now the clock of both sides, ms since 1970. */
export async function startAdapter({ now = Date.now }: { now?: () => number } = {}): Promise<AdapterUnderTest> {
  const simulator = await startSimulator({ tls: { key: pem('key'), cert: pem('cert') }, now });
  const { world } = simulator;
  const sent: UpstreamRequest[] = [];
  const connectTo = { host: '127.0.0.1', port: simulator.platform.port };
  const direct = new HttpTransport({ connectTo }).send;
  const transport: Transport = (request, signal) => {
    sent.push(request);
    return direct(request, signal);
  };
  const environment = appSettings(simulator, '');
  const settings = (changes = {}): UcwaSettings => ucwaOf({ ...environment, ...changes });
  // The managed identity is found through the process's environment, as in Azure.
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: environment['IDENTITY_ENDPOINT'],
    IDENTITY_HEADER: environment['IDENTITY_HEADER'],
  });
  const vault = { keyVaultUrl: simulator.vault.url, development: true, managedIdentityClientId: undefined };
  const readSecret = openVault(vault);
  return {
    world,
    sent,
    transport,
    impatient: (callTimeoutMs) => new HttpTransport({ connectTo, callTimeoutMs }).send,
    async reset() {
      await world.reset();
      sent.length = 0;
    },
    behave: (behaviour, domain = 'contoso.example') => Object.assign(world.onPremises.behaviour[domain], behaviour),
    settings,
    newPlatform: (changes) =>
      platformOf(
        readSettings({
          ...environment,
          TABLES_CONNECTION_STRING: 'AccountName=none',
          MEETING_PLATFORMS: 'ucwa',
          ...changes,
        }),
        'ucwa',
        { readSecret, transport, now },
      ),
    async discover(changes, send = transport) {
      try {
        return (await findUser(searchBy(settings(changes), send))).href;
      } catch (error) {
        if (error instanceof DiscoveryFailure) return error;
        throw error;
      }
    },
    arrived: () => world.calls.map(({ scheme, host, path }) => `${scheme}://${host}${path}`),
    stop: () => simulator.stop(),
  };
}

/** A search in Contoso for a guest of one of its meetings, without an end. */
export function searchBy(settings: UcwaSettings, send: Transport): Search<Grant> {
  const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';
  const grant = { kind: 'anonmeeting', conferenceUri, conferenceKey: '5LB7MRBC' } as const;
  return beginSearch({ ...settings, send, domain: 'contoso.example', grant, now: Date.now, signal: forever });
}

export const forever = new AbortController().signal;

/** A request's time limit, as the endpoints set it. */
export const requestSignal = (): AbortSignal => AbortSignal.timeout(15_000);

export const rootPath = '/Autodiscover/AutodiscoverService.svc/root';
export const contoso = {
  internal: 'https://lyncdiscoverinternal.contoso.example/',
  external: 'https://lyncdiscover.contoso.example/',
  user: `https://lyncweb.contoso.example${rootPath}/oauth/user`,
  userLink: `https://lyncweb.contoso.example${rootPath}/oauth/user?originalDomain=contoso.example`,
  tickets: 'https://lyncweb.contoso.example/WebTicket/oauthtoken',
  applications: 'https://lyncweb.contoso.example/ucwa/oauth/v1/applications',
  pool2: 'https://pool02.contoso.example',
} as const;

/** The settings that ask the internal name first. */
export const internalFirst = { UCWA_DISCOVERY: 'internal-first' };

/** The settings that allow the plain first hop. */
export const plainFirstHop = { UCWA_HTTP_FIRST_HOP: 'on' };

/** Sends what is for the internal name by another way. */
export function internalBy(elsewhere: Transport, otherwise: Transport): Transport {
  return (request, signal) => {
    const isInternal = request.url.hostname === new URL(contoso.internal).hostname;
    return (isInternal ? elsewhere : otherwise)(request, signal);
  };
}

/** A failure of discovery, as far as tests look at it. */
export function failure(code: DiscoveryFailureCode): unknown {
  return expect.objectContaining({ name: 'DiscoveryFailure', code });
}

/** A guest of one of the simulated meetings. */
export function guestOf(meetingUrl = 'https://meet.contoso.example/john/5LB7MRBC'): PlatformGuest {
  return { applicationSessionId: '2e7c9a50-5a2e-4c3f-9a54-1f0f6f1f2f3f', meetingUrl, allowedOrigins: [] };
}

/** The URL of a meeting whose conference URI stands in it. */
export function joinUrl(conferenceUri: string, key?: string): string {
  const query = new URLSearchParams({ uri: conferenceUri, ...(key !== undefined && { key }) });
  return `https://meet.contoso.example/Join?${query.toString()}`;
}
