import { sipDomains, type SipDomain } from '../../hostNames.ts';
import { usualDeployment, type DeploymentBehaviour } from './behaviour.ts';
import { usualMeetings, type OnPremisesMeeting } from './meetings.ts';
import { webTickets, type WebTickets } from './webTickets.ts';

/** A web ticket that was handed out. */
export interface IssuedWebTicket {
  deployment: SipDomain;
  /** The host that issued it, and the only one that takes it. */
  host: string;
  /** As sent; absent for an account. */
  conferenceUri?: string | undefined;
  /** The anonymous participant, or the account. The same value again is the same participant. */
  identity: string;
  /** With its `cwt=`. */
  token: string;
  /** Whether it continues an earlier one. */
  renewed: boolean;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
  expiresAt: number;
}

/** Everything about the servers on premises that can be changed or looked at. */
export class OnPremises {
  /** By SIP domain. Change what is in it: `Object.assign(behaviour['contoso.example'], { … })`. */
  readonly behaviour: Record<SipDomain, DeploymentBehaviour>;
  /** Of both deployments. */
  meetings: OnPremisesMeeting[] = [];
  /** The newest 10,000 web tickets, oldest first. */
  readonly issued: IssuedWebTicket[] = [];

  /** Makes and reads web tickets; a reset does not end those that were handed out. */
  readonly tickets: WebTickets;

  /** @param now the clock, in milliseconds since the epoch */
  constructor(now: () => number) {
    this.tickets = webTickets(now);
    this.behaviour = {
      'contoso.example': usualDeployment('contoso.example'),
      'litware.example': usualDeployment('litware.example'),
    };
    this.reset();
  }

  /** Back to the start. */
  reset(): void {
    for (const domain of sipDomains) Object.assign(this.behaviour[domain], usualDeployment(domain));
    this.meetings = sipDomains.flatMap(usualMeetings);
    this.issued.length = 0;
  }
}
