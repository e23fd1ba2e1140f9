import { X509Certificate } from 'node:crypto';
import * as z from 'zod';
import type { Fault } from '../faults.ts';
import { sipDomains } from '../hostNames.ts';
import { operations, services } from '../operations.ts';
import {
  bodyRedirects,
  challengeForms,
  type DeploymentBehaviour,
  rootAnswers,
} from '../upstreams/onPremises/behaviour.ts';
import { meetingHomes, meetingPages, type OnPremisesMeeting } from '../upstreams/onPremises/meetings.ts';
import type { PlatformBehaviour } from '../upstreams/platform/behaviour.ts';

const milliseconds = z.int().min(0).max(600_000);
const status = z.int().min(200).max(599);
/** A lifetime. */
export const seconds = z.int().min(1);

/** Some of the properties. */
export type PartOf<T> = { [K in keyof T]?: T[K] | undefined };

/** A part of the platform's behaviour. */
export const behaviourSchema: z.ZodType<PartOf<PlatformBehaviour>> = z
  .strictObject({
    namespace: z.enum(['service:', 'ms:rtc:saas:']),
    linkPlace: z.enum(['links', 'embedded', 'top-level']),
    hrefs: z.enum(['relative', 'absolute']),
    dateForm: z.enum(['by-media-type', 'iso', 'ajax', 'ajax-escaped']),
    bom: z.boolean(),
    tokenStatus: z.literal([200, 201]),
    meetingStatus: z.literal([200, 201]),
    // Null removes the limit.
    meetingLimit: z
      .int()
      .min(0)
      .nullable()
      .transform((limit) => limit ?? undefined),
    redirect: z.enum(['none', 'pool', 'foreign', 'http', 'loop']),
    missingLinks: z.array(z.string()),
    // Null restores the platform's own link.
    discoverLink: z
      .string()
      .nullable()
      .transform((href) => href ?? undefined),
    tokenLifetimeSeconds: seconds,
    registered: z.boolean(),
    forbiddenSubcode: z.boolean(),
    applicationId: z.string().min(1),
    unknownMeetings: z.array(z.string()),
    requireAuthOnDiscover: z.boolean(),
  })
  .partial();

/** How an operation misbehaves. */
export const faultSchema: z.ZodType<Fault> = z
  .strictObject({
    times: z.int().min(1),
    share: z.number().min(0).max(1),
    delayMs: milliseconds,
    status,
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    contentType: z.string(),
    cut: z.enum(['before-answer', 'mid-body']),
    never: z.boolean(),
    malformed: z.boolean(),
    oversize: z.boolean(),
  })
  .partial();

/** The name of an operation, in a path. */
export const operationSchema = z.enum(operations);

/** The name of a service, in a path. */
export const serviceSchema = z.enum(services);

/** Whether a service's port is closed. */
export const downSchema = z.strictObject({ down: z.boolean() });

/** How far the clock is put forward. It cannot be put back. */
export const clockSchema = z.strictObject({ advanceMs: z.int().min(0) });

/** The name of a secret, in a path; what Key Vault allows. */
export const secretNameSchema = z.string().regex(/^[0-9a-zA-Z-]{1,127}$/, 'letters, digits and dashes only');

/** A new version of a secret. */
export const secretSchema = z.strictObject({
  value: z.string(),
  expiresAt: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .optional(),
  contentType: z.string().optional(),
  enabled: z.boolean().optional(),
});

const certificate = z.string().refine(isCertificate, 'not a certificate in PEM form');

/** What Entra accepts from now on. */
export const entraSchema = z.strictObject({
  acceptedSecrets: z.array(z.string()).optional(),
  certificates: z.array(certificate).optional(),
  tokenLifetimeSeconds: seconds.optional(),
  revokeIssuedTokens: z.literal(true).optional(),
});

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}

/** The SIP domain of a deployment, in a path. */
export const sipDomainSchema = z.enum(sipDomains);

const root = z.enum(rootAnswers);
const redirect = z.enum(bodyRedirects);
const challenge = z.enum(challengeForms);

/** A part of a deployment's behaviour. */
export const deploymentSchema: z.ZodType<PartOf<DeploymentBehaviour>> = z
  .strictObject({
    version: z.enum(['1.0', '2.0']),
    internalRoot: root,
    externalRoot: root,
    httpRoot: root,
    redirectStatus: z.literal([301, 302, 303, 307, 308]),
    redirect,
    httpRedirect: redirect,
    postAuthRedirect: redirect,
    redirectBesideLink: z.boolean(),
    onlineHost: z.string(),
    dialect: z.enum(['by-accept', 'hal', 'access-location', 'xml']),
    userLink: z.enum(['absolute', 'relative', 'http', 'foreign']),
    accessLocation: z.enum(['External', 'Internal']),
    bom: z.boolean(),
    challenge,
    applicationsChallenge: challenge,
    grants: z.array(z.string()),
    accounts: z.record(z.string(), z.string()),
    tokenLifetimeSeconds: seconds,
    signedInLifetimeSeconds: seconds,
    badTokenAtUser: z.literal([403, 401]),
    badTokenAtApplications: z.literal([401, 403, 500]),
    applicationsOn: z.enum(['same-host', 'other-pool', 'foreign']),
    crossDomainOrigins: z.array(z.string()),
  })
  .partial();

/** The meetings on premises that replace the present ones. */
export const meetingsSchema: z.ZodType<OnPremisesMeeting[]> = z.array(
  z.strictObject({
    url: z.url(),
    conferenceUri: z.string(),
    conferenceKey: z.string().min(1),
    page: z.enum(meetingPages).default('conf-info'),
    home: z.enum(meetingHomes).default('here'),
  }),
);
