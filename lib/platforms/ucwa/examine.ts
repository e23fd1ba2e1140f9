import { UpstreamFailure } from '../../net/transport.ts';
import type { ExamineOptions } from '../descriptor.ts';
import type { Advice, Examination } from '../examination.ts';
import type { Observe } from '../recordSteps.ts';
import { adviceOn } from './advice.ts';
import { DiscoveryFailure } from './autodiscovery.ts';
import { domainsOf, runCheck } from './check.ts';
import type { UcwaSettings } from './settings.ts';
import { TicketFailure } from './ticketFailure.ts';
import { ChallengeFailure } from './tokenEndpoint.ts';
import type { Grant } from './webTicket.ts';

/** The steps of the health check for every SIP domain, without retries. */
export async function examine(
  settings: UcwaSettings,
  examination: Examination,
  { transport, readSecret, now, usableSecrets }: ExamineOptions,
): Promise<void> {
  const { checkAccount: account } = settings;
  // A password that cannot be read has been reported.
  const checkAccount = account && usableSecrets.has(account.secretName) ? account : undefined;
  const options = { settings: { ...settings, checkAccount }, send: transport, readSecret, now };
  for (const domain of domainsOf(settings)) {
    const observe: Observe = async (name, work) => {
      const grant = name === 'sign-in' ? 'password' : 'anonmeeting';
      const found = await examination.run(`ucwa/${domain}/${name}`, work, {
        explain: (error) => explain(error, grant, { domain, settings }),
      });
      if (!found) throw new CheckEnded();
      return found.value;
    };
    await runCheck(options, domain, observe, AbortSignal.timeout(30_000)).catch((error: unknown) => {
      if (!(error instanceof CheckEnded)) throw error;
    });
  }
}

/** The step that failed has been recorded; the ones behind it cannot be tried. */
class CheckEnded extends Error {}

function explain(
  error: unknown,
  grant: Grant['kind'],
  { domain, settings }: { readonly domain: string; readonly settings: UcwaSettings },
): Advice | undefined {
  const isKnown =
    error instanceof DiscoveryFailure || error instanceof ChallengeFailure || error instanceof UpstreamFailure;
  // Where a browser would sign in is the server's to say, and nothing for a report.
  const failure = error instanceof TicketFailure ? new TicketFailure(error.code, error.status) : error;
  if (!isKnown && !(error instanceof TicketFailure)) return undefined;
  const { reason, nextStep } = adviceOn(failure, grant);
  const options = [
    ...(settings.tiers === 'internal-first' ? [' --internal-first'] : []),
    ...(settings.httpFirstHop ? [' --http'] : []),
  ];
  return {
    reason: `${reason}.`,
    nextStep: `${nextStep} Each hop shows with: npm run ucwa -- discover --domain ${domain}${options.join('')}`,
  };
}
