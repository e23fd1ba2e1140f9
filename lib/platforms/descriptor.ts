import type * as z from 'zod';
import type { ReadSecret } from '../azure/vault.ts';
import type { Transport } from '../net/transport.ts';
import type { Examination } from './examination.ts';
import type { LinkRefusal, MeetingLink, MeetingPlatform } from './platform.ts';

/** What the service knows of a platform before anything of its adapter is loaded. One list names them all: platforms.ts. */
export interface PlatformDescriptor {
  /** As `MEETING_PLATFORMS` names it. */
  readonly name: string;
  /** The settings of the platform, by the names that an administrator writes. */
  readonly schema: (development: boolean) => z.ZodObject;
  /** Reads and checks the platform's settings. `platform` is undefined if they cannot be used. */
  readonly configure: (given: GivenSettings, development: boolean) => Configured;
}

/** Settings that are there and not blank, trimmed, by their names. */
type GivenSettings = Readonly<Record<string, string>>;

interface Configured {
  readonly platform: ConfiguredPlatform | undefined;
  /** Each begins with the name of a setting, and repeats no value. */
  readonly mistakes: readonly string[];
}

/** A platform with its settings. */
export interface ConfiguredPlatform extends Pick<MeetingPlatform, 'name' | 'identity' | 'longestTokenLifeSeconds'> {
  readonly createsMeetings: boolean;
  readonly probesJoins: boolean;
  /** A meeting belongs to one platform: `hosts`, with their ports, must not be read by another one. */
  readonly meetingHosts: { readonly setting: string; readonly hosts: readonly string[] };
  /** What the vault has to hold for it. */
  readonly secrets: readonly PlatformSecret[];
  /** `TenantEndpointId` in the answers of the sample service; the Trusted Application platform has one. */
  readonly tenantEndpointId?: string;
  readLink(meetingUrl: URL): MeetingLink | LinkRefusal | undefined;
  /** Adds the platform's checks to an examination (`npm run doctor`). */
  examine(examination: Examination, options: ExamineOptions): Promise<void>;
  /** Loads the adapter. */
  load(options: AdapterOptions): Promise<PlatformAdapter>;
}

interface PlatformSecret {
  readonly secretName: string;
  /** `password`: one line; `certificate`: PEM, with its private key. */
  readonly shape: 'password' | 'certificate';
  /** How an administrator replaces it before it expires. */
  readonly renewal: string;
}

/** What adapters share with the rest of the service. */
export interface AdapterOptions {
  /** A developer's machine: a simulated authority counts as one of Entra's. */
  readonly development: boolean;
  readonly readSecret: ReadSecret;
  readonly transport: Transport;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ExamineOptions extends AdapterOptions {
  /** Names of the secrets that can be read and are what they should be. */
  readonly usableSecrets: ReadonlySet<string>;
}

/** The part of a platform that needs its servers. */
export type PlatformAdapter = Pick<
  MeetingPlatform,
  'issue' | 'reissue' | 'forget' | 'createMeeting' | 'check' | 'probeJoin'
>;
