import * as z from 'zod';
import type { EntraSettings } from '../../azure/entraToken.ts';
import { parseJson } from '../../json.ts';
import { failing, passed, warning, type Finding } from '../examination.ts';

/** The resource that the platform is to Entra (docs/protocol/trusted-application-api.md §3). */
export const skypeForBusinessOnline = '00000004-0000-0ff1-ce00-000000000000';

/** An application permission of the platform: in the portal's words, as the token's role, and by the id of the role. */
interface Permission {
  readonly name: string;
  readonly role: string;
  readonly id: string;
}

/** Gives anonApplicationTokens (docs/protocol/trusted-application-api.md §1.8), which guests cannot do without. */
const guestJoin: Permission = {
  name: 'Guest user join services',
  role: 'Anonymous',
  id: 'b783bde8-ffc2-4f0c-96ce-6e2900b7aa4e',
};
/** Gives adhocMeetings. */
const onDemandMeetings: Permission = {
  name: 'Create on-demand Skype meetings',
  role: 'Meetings.ScheduleOnDemand',
  id: '189125ec-ea35-4135-b00a-e51472464beb',
};
/** What anonymous join needs by its documents; role values and ids as the platform's service principal lists them. */
const needed: readonly Permission[] = [
  guestJoin,
  {
    name: 'Send/Receive Audio and Video',
    role: 'Conversations.AudioVideo',
    id: '05a4e3e8-cfa6-4934-bb91-b6fc4ce6f340',
  },
  onDemandMeetings,
  { name: 'Send/Receive Instant Messages', role: 'Conversations.Chat', id: 'f7a521bb-ae17-42df-8096-97ebcc8b4edb' },
];

type Application = Pick<EntraSettings, 'clientId' | 'tenantId'>;

/** Consent of the tenant's administrator, as a command. */
export function adminConsent({ clientId }: Pick<Application, 'clientId'>): string {
  return `az ad app permission admin-consent --id ${clientId}`;
}

/** Adds permissions and consents to them. */
function grant({ clientId }: Application, permissions: readonly Permission[]): string {
  const roles = permissions.map(({ id }) => `${id}=Role`).join(' ');
  return `az ad app permission add --id ${clientId} --api ${skypeForBusinessOnline} --api-permissions ${roles} && ${adminConsent({ clientId })}`;
}

export const grantGuestJoin = (application: Application): string =>
  `Grant "${guestJoin.name}" and consent as an administrator of the tenant: ${grant(application, [guestJoin])}`;
export const grantOnDemandMeetings = (application: Application): string =>
  `If meetings are to be created, grant "${onDemandMeetings.name}" and consent: ${grant(application, [onDemandMeetings])}`;

const claims = z.object({ roles: z.array(z.string()).optional() });

/** Which of the permissions the token has. It is the platform's to read; here it only explains what discovery then shows. */
export function ofPermissions(token: string, application: Application): Finding {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const roles = claims.safeParse(parseJson(payload)).data?.roles;
  if (!roles)
    return { status: 'pass', reason: 'The token does not list its permissions; discovery shows what is granted.' };
  const missing = needed.filter(({ role }) => !roles.includes(role));
  if (missing.length === 0) return passed;
  const judge = missing.includes(guestJoin) ? failing : warning;
  const names = missing.map(({ name }) => `"${name}"`).join(', ');
  return judge(
    `The application lacks ${missing.length} of the ${needed.length} permissions that anonymous join needs: ${names}.`,
    `Grant and consent as an administrator of the tenant: ${grant(application, missing)}`,
  );
}
