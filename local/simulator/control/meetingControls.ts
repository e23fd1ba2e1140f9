import type { Room } from '../meetings/room.ts';
import type { World } from '../world.ts';
import { NotThere, type ControlRoute } from './controlRoute.ts';
import { meetingBehaviourSchema, openSchema, participantSchema, roomSchema } from './meetingSchemas.ts';

const decisions = ['admit', 'deny', 'eject'] as const;

/** The advisor's side of the meetings in progress. A meeting is named by its id, or its conference URI in percent-encoding. */
export function meetingControls(world: World): ControlRoute[] {
  const { meetings, guests } = world;
  const find = (name: string): Room => {
    const room = meetings.find(decodeURIComponent(name));
    if (!room) throw new NotThere('There is no such meeting in progress.');
    return room;
  };

  return [
    { method: 'GET', path: /^\/meetings$/, run: () => meetings.rooms.map(shown) },
    {
      method: 'POST',
      path: /^\/meetings$/,
      run: (_, body) => {
        const { conferenceUri, accessLevel } = openSchema.parse(body);
        const room = meetings.room(conferenceUri);
        if (accessLevel) room.accessLevel = accessLevel;
        return shown(room);
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
      run: (name, body) => shown(Object.assign(find(name), roomSchema.parse(body))),
    },
    ...decisions.map((decision): ControlRoute => {
      return {
        method: 'POST',
        path: new RegExp(`^/meetings/([^/]+)/${decision}$`),
        run: (name, body) => {
          const room = find(name);
          const { participantId } = participantSchema.parse(body);
          if (!room[decision](participantId)) throw new NotThere('There is no such participant to be decided about.');
          return shown(room);
        },
      };
    }),
    {
      method: 'POST',
      path: /^\/meetings\/([^/]+)\/end$/,
      run: (name) => {
        const room = find(name);
        room.end();
        return shown(room);
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

function shown({ id, conferenceUri, accessLevel, ended, roster }: Room): Record<string, unknown> {
  return { id, conferenceUri, accessLevel, ended, roster };
}
