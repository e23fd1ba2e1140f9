import { deploymentHosts, sipDomains, type DeploymentHosts, type SipDomain } from '../../hostNames.ts';
import type { DeploymentBehaviour } from './behaviour.ts';
import type { World } from '../../world.ts';
import type { OnPremises } from './state.ts';

/**
 * One deployment, as a request finds it.
 */
export interface Site {
  domain: SipDomain;
  hosts: DeploymentHosts;
  behaviour: DeploymentBehaviour;
  state: OnPremises;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The deployment that a host belongs to. The cloud's hosts belong to none, and use the tenant of the first. */
export function siteOf(world: World, host: string): Site {
  const { onPremises } = world;
  const domain = domainOf(host) ?? sipDomains[0];
  return {
    domain,
    hosts: deploymentHosts(domain),
    behaviour: onPremises.behaviour[domain],
    state: onPremises,
    now: world.now(),
  };
}

/** The SIP domain to which a host belongs; undefined if it belongs to no deployment. */
export function domainOf(host: string): SipDomain | undefined {
  return sipDomains.find((domain) => Object.values(deploymentHosts(domain)).includes(host));
}

/** The path of a root that is no discovery host's. */
export const rootPath = '/Autodiscover/AutodiscoverService.svc/root';

/** The root of a host, with the mark that servers put into their links (ucwa.md §1.7). */
export function rootUrl(host: string, domain: string): string {
  return `https://${host}${rootPath}?originalDomain=${domain}`;
}
