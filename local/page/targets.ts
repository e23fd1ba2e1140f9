import { simulatorHostNames } from '../simulator/hostNames.ts';
import type { Simulator } from '../simulator/simulator.ts';

/** Where a request goes on to. */
export interface Target {
  readonly url: URL;
  /** Set over those of the page. */
  readonly headers: Readonly<Record<string, string>>;
  /** For https: the host that is meant, and the authority that issued its certificate. */
  readonly tls?: { readonly servername: string; readonly ca: string };
}

/** What there is to reach. */
export interface Surroundings {
  readonly simulator: Pick<Simulator, 'control' | 'platform'>;
  /** PEM of the authority that the simulator's certificate is from. */
  readonly ca: string;
  readonly serviceUrl: string;
  /** Added here to what the page asks of the service: a key in a page would be public. */
  readonly functionKey: string;
  /** The page's own. */
  readonly origin: string;
}

const roomPath = '/control/meetings/[^/?]+';

/** What the page may ask of the service, as the advisor's back end. */
const ofService = /^POST \/api\/v1\/(anonymous-tokens|rejoin-tokens|preflight|meetings)$/;
/** What the advisor sees and does in a meeting, in the simulator's control API. */
const ofControl = new RegExp(`^(GET ${roomPath}|POST /control/meetings|POST ${roomPath}/(admit|deny|eject|end))$`);
/** What the guest's browser would ask of the platform by itself, if the simulated hosts had addresses. */
const ofPlatform = /^[A-Z]+ \/via\/([a-z0-9.-]+)(\/.*)$/;

/** Where a request of the page leads, if anywhere. @param path with its query */
export function targetOf(method: string, path: string, around: Surroundings): Target | undefined {
  const { simulator, ca, functionKey, serviceUrl, origin } = around;
  const request = `${method} ${path}`;
  if (ofService.test(request)) {
    return { url: new URL(serviceUrl + path), headers: { 'x-functions-key': functionKey } };
  }
  if (ofControl.test(request)) {
    const { url, token } = simulator.control;
    return { url: new URL(url + path.replace('/control', '')), headers: { authorization: `Bearer ${token}` } };
  }
  const [, host = '', rest = ''] = ofPlatform.exec(request) ?? [];
  if (!isSimulated(host)) return undefined;
  return {
    url: new URL(`https://127.0.0.1:${simulator.platform.port}${rest}`),
    // A browser says where a page is from only to other hosts, and to them this is one.
    headers: { host, origin },
    tls: { servername: host, ca },
  };
}

function isSimulated(host: string): boolean {
  if (host === 'localhost') return false;
  // A wildcard of a certificate stands for one label.
  return simulatorHostNames.some((name) => name === host || name === host.replace(/^[^.]+/, '*'));
}
