import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { controlListener } from './control/control.ts';
import { accessTokens } from './entra/accessTokens.ts';
import { clientId, tenantId } from './entra/entraClients.ts';
import { entraRoutes } from './entra/entraRoutes.ts';
import { identityPath, managedIdentityRoutes } from './entra/managedIdentity.ts';
import { Faults } from './faults.ts';
import { meetingDomains, platformHosts, trustedSuffixes } from './hostNames.ts';
import { openListener, type Listener } from './http/listener.ts';
import { serve } from './http/serve.ts';
import type { Service } from './operations.ts';
import { platformAudience } from './platform/gate.ts';
import { platformRoutes } from './platform/platformRoutes.ts';
import { endpointId } from './platform/resources.ts';
import { vaultRoutes } from './vault/vaultRoutes.ts';
import { readSigningCertificate } from './webToken.ts';
import { createWorld, type World } from './world.ts';

/** How to start the simulator. */
export interface SimulatorOptions {
  /** PEM, with an RSA key; the certificate covers `simulatorHostNames`. The key also signs the simulated tokens. */
  tls: { key: string; cert: string };
  /** The adjustable clock, in milliseconds since the epoch. Default: the real one. */
  now?: () => number;
  /** Opens the control API. Default: random. */
  controlToken?: string;
  /** The ports of the listeners. Default: free ones. */
  ports?: Partial<Record<Service | 'control', number>>;
  /** Puts in the secrets, clients and behaviour that the world starts with, and has again after each reset. */
  seed?: (world: World) => void;
}

/** A running simulator: everything that the service under test needs to be told, and the world to change. */
export interface Simulator {
  /** Entra; the URL is the authority host. */
  entra: { url: string; tenantId: string; clientId: string };
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
  const tokens = accessTokens(world.entra, certificate, now);

  const open = async (name: Service | 'control', server: Server) => {
    const listener = await openListener(server, ports[name] ?? 0);
    listeners.set(name, listener);
    return listener.port;
  };
  const stop = async () => {
    await Promise.all([...listeners.values()].map((listener) => listener.setDown(true)));
  };
  const secure = (listener: RequestListener) => createTlsServer(tls, listener);

  try {
    const entraPort = await open('entra', secure(serve(world, 'entra', entraRoutes(world, tokens))));
    const entraUrl = `https://localhost:${entraPort}`;
    const identity = serve(world, 'identity', managedIdentityRoutes(identityHeader, tokens));
    const identityPort = await open('identity', createServer(identity));
    const vaultPort = await open('vault', secure(serve(world, 'vault', vaultRoutes(world, tokens, entraUrl))));
    const platform = serve(world, 'platform', platformRoutes(world, tokens, certificate));
    const platformPort = await open('platform', secure(platform));
    const controlPort = await open('control', createServer(controlListener(world, controlToken)));

    return {
      entra: { url: entraUrl, tenantId, clientId },
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
      control: { url: `http://127.0.0.1:${controlPort}`, token: controlToken },
      world,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
