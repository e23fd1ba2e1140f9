import { randomUUID } from 'node:crypto';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { controlListener } from './control/control.ts';
import { accessTokens, type AccessTokens } from './upstreams/entra/accessTokens.ts';
import { type Callers, describeCallers } from './upstreams/entra/callerTokens.ts';
import { clientId, tenantId } from './upstreams/entra/entraClients.ts';
import { entraRoutes } from './upstreams/entra/entraRoutes.ts';
import { identityPath, managedIdentityRoutes } from './upstreams/entra/managedIdentity.ts';
import { Faults } from './faults.ts';
import { deploymentHosts, meetingDomains, platformHosts, sipDomains, trustedSuffixes } from './hostNames.ts';
import { eitherServer, type Listener, openListener } from './http/listener.ts';
import type { Request } from './http/exchange.ts';
import { serve, type Served } from './http/serve.ts';
import { onPremisesGuestRoutes } from './meetings/onPremisesGuestRoutes.ts';
import { platformGuestRoutes } from './meetings/platformGuestRoutes.ts';
import { isOnPremises, onPremisesRoutes } from './upstreams/onPremises/onPremisesRoutes.ts';
import type { Service } from './operations.ts';
import { platformAudience } from './upstreams/platform/gate.ts';
import { platformRoutes } from './upstreams/platform/platformRoutes.ts';
import { endpointId } from './upstreams/platform/resources.ts';
import { vaultRoutes } from './upstreams/vault/vaultRoutes.ts';
import { readSigningCertificate, type SigningCertificate } from './webToken.ts';
import { createWorld, type World } from './world.ts';

/** How to start the simulator. */
export interface SimulatorOptions {
  /** PEM, with an RSA key; the certificate covers `simulatorHostNames`. The key also signs the simulated tokens. */
  tls: { key: string; cert: string };
  /** What the simulator's clock goes by, in milliseconds since the epoch. Default: the real one. */
  now?: () => number;
  /** Opens the control API. Default: random. */
  controlToken?: string;
  /** The ports of the listeners. Default: free ones. */
  ports?: Partial<Record<Service | 'control', number>>;
  /** Puts in the secrets, clients and behaviour that the world starts with, and has again after each reset. */
  seed?: (world: World) => void;
}

/** A running simulator: the settings that the service under test needs, and the world to change. */
export interface Simulator {
  /** Entra; the URL is the authority host. */
  entra: { url: string; tenantId: string; clientId: string };
  /** Who calls our service with Entra. */
  callers: Callers;
  /** The App Service identity protocol: the values of IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  managedIdentity: { endpoint: string; header: string };
  vault: { url: string };
  /**
   * The platform's hosts are invented and their URLs name no port: connect to 127.0.0.1 at `port` with the host of the
   * URL as SNI and Host header.
   */
  platform: {
    port: number;
    discoverUrl: string;
    endpointId: string;
    audience: string;
    /** The suffixes of the hosts that may be given the platform token. */
    hosts: readonly string[];
    meetingHosts: readonly string[];
  };
  /** Lync and Skype for Business servers, behind the platform's port too, over https and plain http. */
  onPremises: {
    /** The hosts of meeting URLs, each with the SIP domain of its organizers. */
    meetingHosts: Readonly<Record<string, string>>;
    /** The suffixes of the hosts that may be given a guest's secrets. */
    hosts: readonly string[];
  };
  control: { url: string; token: string };
  world: World;
  /** Closes every port and destroys every live connection. */
  stop(): Promise<void>;
}

/** Starts every part on 127.0.0.1. @throws Error if the certificate is unfit or a port is taken */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { tls, now = Date.now, controlToken = randomUUID(), ports = {}, seed = () => undefined } = options;
  const certificate = readSigningCertificate(tls);
  const identityHeader = randomUUID();

  const listeners = new Map<Service | 'control', Listener>();
  const world = createWorld(new Faults(async (service, down) => listeners.get(service)?.setDown(down)), now, seed);
  const tokens = accessTokens(world.entra, certificate, () => world.now());

  const open = async (name: Service | 'control', server: Server) => {
    const listener = await openListener(server, ports[name] ?? 0);
    listeners.set(name, listener);
    return listener.port;
  };
  const stop = async () => {
    world.clock.reset();
    await Promise.all([...listeners.values()].map((listener) => listener.setDown(true)));
  };
  // An idle connection that is closed just when a client uses it again would look like a fault.
  const lasting = { keepAliveTimeout: 0 };
  const plain = (listener: RequestListener) => createPlainServer(lasting, listener);
  const secure = (listener: RequestListener) => createTlsServer({ ...tls, ...lasting }, listener);

  try {
    const entraPort = await open('entra', secure(serve(world, 'entra', entraRoutes(world, tokens, certificate))));
    const entraUrl = `https://localhost:${entraPort}`;
    const identity = serve(world, 'identity', managedIdentityRoutes(identityHeader, tokens));
    const identityPort = await open('identity', plain(identity));
    const vaultPort = await open('vault', secure(serve(world, 'vault', vaultRoutes(world, tokens, entraUrl))));
    const virtualHosts = serve(world, 'platform', behindPlatformPort(world, tokens, certificate));
    const platformPort = await open('platform', eitherServer(secure(virtualHosts), plain(virtualHosts)));
    const controlPort = await open('control', plain(controlListener(world, controlToken)));

    return {
      entra: { url: entraUrl, tenantId, clientId },
      callers: describeCallers(world.entra, certificate, entraUrl, () => world.now()),
      managedIdentity: { endpoint: `http://127.0.0.1:${identityPort}${identityPath}`, header: identityHeader },
      vault: { url: `https://localhost:${vaultPort}` },
      platform: {
        port: platformPort,
        discoverUrl: `https://${platformHosts.discover}/platformservice/discover`,
        endpointId,
        audience: platformAudience,
        hosts: trustedSuffixes,
        meetingHosts: Object.keys(meetingDomains),
      },
      onPremises: {
        meetingHosts: Object.fromEntries(sipDomains.map((domain) => [deploymentHosts(domain).meet, domain])),
        hosts: sipDomains,
      },
      control: { url: `http://127.0.0.1:${controlPort}`, token: controlToken },
      world,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The platform and the servers on premises share a port, and each has routes of its own for guests. */
function behindPlatformPort(world: World, tokens: AccessTokens, certificate: SigningCertificate): Served {
  const guests = [platformGuestRoutes(world, certificate), onPremisesGuestRoutes(world)];
  const [platform, onPremises] = [platformRoutes(world, tokens, certificate), onPremisesRoutes(world)];
  const servedBy = (request: Request): Served =>
    guests.find((routes) => routes.serves(request)) ?? (isOnPremises(request) ? onPremises : platform);
  return {
    route: (request) => servedBy(request).route(request),
    fail: (request, status) => servedBy(request).fail(request, status),
  };
}
