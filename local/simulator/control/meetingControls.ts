import * as z from 'zod';
import { goneSubcodes, type MeetingBehaviour } from '../meetings/behaviour.ts';
import type { Meeting } from '../meetings/meeting.ts';
import { accessLevels } from '../upstreams/platform/behaviour.ts';
import type { World } from '../world.ts';
import { type ControlRoute, NotThere } from './controlRoute.ts';
import { type PartOf, seconds } from './controlSchemas.ts';

const decisions = ['admit', 'deny', 'eject'] as const;

/**
 * The advisor's side of the meetings in progress. A meeting is named by its id, or its conference URI in
 * percent-encoding.
 */
export function meetingControls(world: World): ControlRoute[] {
  const { meetings, guests } = world;
  const find = (name: string): Meeting => {
    const meeting = meetings.find(decodeURIComponent(name));
    if (!meeting) throw new NotThere('There is no such meeting in progress.');
    return meeting;
  };

  return [
    { method: 'GET', path: /^\/meetings$/, run: () => meetings.all.map(shown) },
    {
      method: 'POST',
      path: /^\/meetings$/,
      run: (_, body) => {
        const { conferenceUri, accessLevel } = openSchema.parse(body);
        const meeting = meetings.open(conferenceUri);
        if (accessLevel) meeting.accessLevel = accessLevel;
        return shown(meeting);
      },
    },
    {
      method: 'PATCH',
      path: /^\/meetings$/,
      run: (_, body) => Object.assign(meetings.behaviour, meetingBehaviourSchema.parse(body)),
    },
    { method: 'GET', path: /^\/meetings\/([^/]+)$/, run: (name) => shown(find(name)) },
    {
      method: 'PATCH',
      path: /^\/meetings\/([^/]+)$/,
      run: (name, body) => shown(Object.assign(find(name), accessLevelSchema.parse(body))),
    },
    ...decisions.map((decision): ControlRoute => {
      return {
        method: 'POST',
        path: new RegExp(`^/meetings/([^/]+)/${decision}$`),
        run: (name, body) => {
          const meeting = find(name);
          const { participantId } = participantSchema.parse(body);
          if (!meeting[decision](participantId))
            throw new NotThere('There is no such participant to be decided about.');
          return shown(meeting);
        },
      };
    }),
    {
      method: 'POST',
      path: /^\/meetings\/([^/]+)\/end$/,
      run: (name) => {
        const meeting = find(name);
        meeting.end();
        return shown(meeting);
      },
    },
    {
      method: 'POST',
      path: /^\/guests\/end$/,
      run: () => {
        guests.endAll();
      },
    },
  ];
}

function shown({ id, conferenceUri, accessLevel, ended, roster }: Meeting): Record<string, unknown> {
  return { id, conferenceUri, accessLevel, ended, roster };
}

const accessLevel = z.enum(accessLevels);

/** A part of how meetings treat their guests. */
const meetingBehaviourSchema: z.ZodType<PartOf<MeetingBehaviour>> = z
  .strictObject({
    accessLevel,
    lobbyOnRejoin: z.boolean(),
    // Null removes the value, here and below.
    lobbySeconds: seconds.nullable().transform((time) => time ?? undefined),
    joinEvents: z.enum(['usual', 'completed-only']),
    eventsBeforeAnswer: z.boolean(),
    reasonSubcode: z
      .string()
      .nullable()
      .transform((subcode) => subcode ?? undefined),
    eventsQuery: z.string(),
    gone: z
      .enum(goneSubcodes)
      .nullable()
      .transform((subcode) => subcode ?? undefined),
    absenceSeconds: seconds,
    expirySeconds: seconds,
  })
  .partial();

/** A meeting to open before a guest joins it. */
const openSchema = z.strictObject({ conferenceUri: z.string().min(1), accessLevel: accessLevel.optional() });

/** Who may join an open meeting without waiting in its lobby, from now on. */
const accessLevelSchema = z.strictObject({ accessLevel });

/** Whom a decision is about. */
const participantSchema = z.strictObject({ participantId: z.string() });
