import type { DeploymentBehaviour } from '../../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import type { IssuedWebTicket } from '../../../../../local/simulator/upstreams/onPremises/state.ts';
import { at, startTestSimulator, type Reply, type TestSimulator } from '../../setUp.ts';

export const rootPath = '/Autodiscover/AutodiscoverService.svc/root';
export const userUrl = `https://lyncweb.contoso.example${rootPath}/oauth/user?originalDomain=contoso.example`;
export const applicationsUrl = 'https://lyncweb.contoso.example/ucwa/oauth/v1/applications';

/** The documents' meeting, whose key is its id. */
export const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';
export const guest = {
  grant_type: 'urn:microsoft.rtc:anonmeeting',
  password: '5LB7MRBC',
  ms_rtc_conferenceuri: conferenceUri,
};

export interface OnPremisesTest extends TestSimulator {
  /** Changes Contoso's behaviour. */
  behave(behaviour: Partial<DeploymentBehaviour>): void;
  /** Posts a form to a host's token endpoint; text goes as it is, an object encoded. */
  askTicket(form: string | Record<string, string>, given?: AskTicket): Promise<Reply>;
  /** A token for the documents' meeting. */
  guestToken(host?: string, form?: Record<string, string>): Promise<string>;
  /** The record of the token that was issued last. */
  lastIssued(): IssuedWebTicket | undefined;
}

interface AskTicket {
  host?: string;
  path?: string;
  headers?: Record<string, string>;
}

export async function startOnPremises(): Promise<OnPremisesTest> {
  const simulator = await startTestSimulator();
  const { onPremises } = simulator.world;

  const askTicket: OnPremisesTest['askTicket'] = (
    form,
    { host = 'lyncweb.contoso.example', path = '/WebTicket/oauthtoken', headers = {} } = {},
  ) =>
    simulator.ask(`https://${host}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });

  return {
    ...simulator,
    behave: (behaviour) => Object.assign(onPremises.behaviour['contoso.example'], behaviour),
    askTicket,
    guestToken: async (host = 'lyncweb.contoso.example', form = guest) =>
      String(at((await askTicket(form, { host })).json, 'access_token')),
    lastIssued: () => onPremises.issued.at(-1),
  };
}

/** The address of a link in a HAL answer. */
export function href(reply: Reply, rel: string): unknown {
  return at(reply.json, '_links', rel, 'href');
}

/** The header that sends a token. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
