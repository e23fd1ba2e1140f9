import { UpstreamFailure } from '../../net/transport.ts';
import type { ExamineOptions } from '../descriptor.ts';
import { examineSteps, type Advice, type Examination } from '../examination.ts';
import { adviceOn } from './advice.ts';
import { domainsOf, runCheck } from './check.ts';
import { ChallengeFailure, DiscoveryFailure, TicketFailure } from './failure.ts';
import type { UcwaSettings } from './settings.ts';
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
    const signal = AbortSignal.timeout(30_000);
    await examineSteps(examination, (observe) => runCheck({ ...options, signal }, domain, observe), {
      nameOf: (step) => `ucwa/${domain}/${step}`,
      explain: (error, step) => explain(error, step === 'sign-in' ? 'password' : 'anonmeeting', { domain, settings }),
    });
  }
}

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
