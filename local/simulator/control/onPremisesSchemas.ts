import * as z from 'zod';
import { sipDomains } from '../hostNames.ts';
import { bodyRedirects, challengeForms, rootAnswers, type DeploymentBehaviour } from '../onPremises/behaviour.ts';
import { meetingHomes, meetingPages, type OnPremisesMeeting } from '../onPremises/meetings.ts';
import { seconds, type PartOf } from './controlSchemas.ts';

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

/** Every meeting on premises, in place of those that there are. */
export const meetingsSchema: z.ZodType<OnPremisesMeeting[]> = z.array(
  z.strictObject({
    url: z.url(),
    conferenceUri: z.string(),
    conferenceKey: z.string().min(1),
    page: z.enum(meetingPages).default('conf-info'),
    home: z.enum(meetingHomes).default('here'),
  }),
);
