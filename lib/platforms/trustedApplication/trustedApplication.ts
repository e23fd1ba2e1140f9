import { EntraTokens } from '../../azure/entraToken.ts';
import type { Transport } from '../../net/transport.ts';
import { Upstream } from '../../net/upstream.ts';
import { step } from '../../telemetry.ts';
import type { AdapterOptions, PlatformAdapter } from '../descriptor.ts';
import type { HealthStep, Join, Meeting, MeetingRequest, PlatformGuest } from '../platform.ts';
import { checkSteps, probeJoin } from './check.ts';
import { discover, Discovery, type DiscoverOptions } from './discovery.ts';
import { asPlatformProblem } from './failure.ts';
import { requestMeeting } from './meetings.ts';
import type { TrustedApplicationSettings } from './settings.ts';
import { requestToken } from './tokens.ts';

const discoverTimeoutMs = 10_000;

/** The Skype for Business Trusted Application API behind the port. */
export class TrustedApplication implements PlatformAdapter {
  readonly #settings: TrustedApplicationSettings;
  readonly #options: AdapterOptions;
  readonly #upstream: Upstream;
  readonly #tokens: EntraTokens;
  readonly #discovery: Discovery;

  constructor(settings: TrustedApplicationSettings, options: AdapterOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#upstream = new Upstream({ transport: options.transport });
    this.#tokens = new EntraTokens({ ...settings, ...options });
    this.#discovery = new Discovery({
      discover: () =>
        step('discovery', () =>
          discover(this.#over(this.#upstream.send, this.#tokens), AbortSignal.timeout(discoverTimeoutMs)),
        ),
      now: options.now,
    });
  }

  issue(guest: PlatformGuest, signal: AbortSignal): Promise<Join> {
    const { client } = this.#over(this.#upstream.send, this.#tokens);
    const options = { discovery: this.#discovery, client, now: this.#options.now };
    return asProblems(() => requestToken(options, guest, signal));
  }

  reissue(guest: PlatformGuest, _identity: string | undefined, signal: AbortSignal): Promise<Join> {
    return this.issue(guest, signal);
  }

  createMeeting(meeting: MeetingRequest, _requestId: string, signal: AbortSignal): Promise<Meeting> {
    const { client } = this.#over(this.#upstream.sendAtMostOnce, this.#tokens);
    const options = { discovery: this.#discovery, client, meetingHosts: this.#settings.meetingHosts };
    return asProblems(() => requestMeeting(options, meeting, signal));
  }

  check(signal: AbortSignal): Promise<HealthStep[]> {
    return checkSteps(this.#probe(), signal);
  }

  probeJoin(guest: PlatformGuest, signal: AbortSignal): Promise<HealthStep[]> {
    return probeJoin({ ...this.#probe(), now: this.#options.now }, guest, signal);
  }

  /** With credentials of its own, so that a check sees Entra and the vault as they are now. */
  #probe(): DiscoverOptions {
    return this.#over(this.#upstream.probe, new EntraTokens({ ...this.#settings, ...this.#options }));
  }

  #over(send: Transport, tokens: EntraTokens): DiscoverOptions {
    const { discoverUrl, endpointId, hosts } = this.#settings;
    return { discoverUrl, endpointId, client: { send, tokens, hosts } };
  }
}

function asProblems<T>(work: () => Promise<T>): Promise<T> {
  return step('platform', work).catch((error: unknown) => {
    throw asPlatformProblem(error);
  });
}
