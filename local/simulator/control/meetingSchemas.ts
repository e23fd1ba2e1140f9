import * as z from 'zod';
import { accessLevels, goneSubcodes, type MeetingBehaviour } from '../meetings/behaviour.ts';
import { seconds, type PartOf } from './controlSchemas.ts';

const accessLevel = z.enum(accessLevels);

/** A part of how meetings treat their guests. */
export const meetingBehaviourSchema: z.ZodType<PartOf<MeetingBehaviour>> = z
  .strictObject({
    accessLevel,
    lobbyOnRejoin: z.boolean(),
    // Null takes it back, here and below.
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

/** A meeting to open before any guest is there. */
export const openSchema = z.strictObject({ conferenceUri: z.string().min(1), accessLevel: accessLevel.optional() });

/** Who may enter an open meeting directly from now on. */
export const roomSchema = z.strictObject({ accessLevel });

/** Whom something is done to. */
export const participantSchema = z.strictObject({ participantId: z.string() });
