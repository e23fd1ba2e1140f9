import { deploymentHosts, sipDomains, type DeploymentHosts, type SipDomain } from '../hostNames.ts';
import type { DeploymentBehaviour } from './behaviour.ts';
import type { OnPremises } from './state.ts';
import type { WebTickets } from './webTickets.ts';

/** One deployment, as a request meets it. Numbers with § are sections of the UCWA protocol document, here and beside. */
export interface Site {
  domain: SipDomain;
  hosts: DeploymentHosts;
  behaviour: DeploymentBehaviour;
  state: OnPremises;
  tickets: WebTickets;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The SIP domain to which a host belongs; undefined if it belongs to no deployment. */
export function domainOf(host: string): SipDomain | undefined {
  return sipDomains.find((domain) => Object.values(deploymentHosts(domain)).includes(host));
}

/** The path of a root that is no discovery host's. */
export const rootPath = '/Autodiscover/AutodiscoverService.svc/root';

/** The root of a host, with the mark that servers put into their links (§1.7). */
export function rootUrl(host: string, domain: string): string {
  return `https://${host}${rootPath}?originalDomain=${domain}`;
}
