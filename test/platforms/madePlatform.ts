import type { UpstreamAnswer } from '../../lib/net/transport.ts';
import { UpstreamFailure } from '../../lib/net/transport.ts';
import type { PlatformDescriptor } from '../../lib/platforms/descriptor.ts';
import { AnswerFailure, asSharedProblem, refuseOutage } from '../../lib/platforms/failures.ts';
import { canonicalUrl } from '../../lib/platforms/meetingLinks.ts';
import * as z from 'zod';
import type { Fault } from '../../local/simulator/faults.ts';

/** Stands for a platform's servers: gives a token for each session id, until it is broken. */
export const madeServer = {
  calls: 0,
  fault: undefined as Fault | 'down' | undefined,
  token(applicationSessionId: string): string {
    if (this.fault === 'down') throw new UpstreamFailure('connection');
    this.calls++;
    if (this.fault?.cut) throw new UpstreamFailure('connection');
    if (this.fault?.malformed) throw new AnswerFailure('unusable');
    refuseOutage({ status: this.fault?.status ?? 200, headers: {}, body: '' } satisfies UpstreamAnswer);
    return `${applicationSessionId}.${this.calls}`;
  },
};

const hourMs = 3_600_000;

/** A platform with the least that one needs: it accepts one host. */
export const madePlatform: PlatformDescriptor = {
  name: 'made-by-a-test',
  schema: () => z.object({}),
  configure: () => ({
    mistakes: [],
    platform: {
      name: 'made-by-a-test',
      identity: 'none',
      longestTokenLifeSeconds: 3_600,
      createsMeetings: false,
      probesJoins: false,
      meetingHosts: { setting: 'NONE', hosts: ['meet.made.example'] },
      secrets: [],
      readLink: (url) => (url.host === 'meet.made.example' ? { meetingKey: canonicalUrl(url) } : undefined),
      examine: () => Promise.resolve(),
      // The adapter: ten lines.
      async load({ now }) {
        const issue = async ({ applicationSessionId }: { applicationSessionId: string }) => {
          try {
            const token = await Promise.resolve(applicationSessionId).then((id) => madeServer.token(id));
            return {
              token,
              expiryTime: new Date(now() + hourMs),
              discoverUrl: 'https://made.example/',
              identityPreserved: true,
            };
          } catch (error) {
            throw asSharedProblem(error);
          }
        };
        return Promise.resolve({
          issue,
          reissue: issue,
          check: () => Promise.resolve([{ name: 'server', outcome: 'pass', latencyMs: 1 }]),
        });
      },
    },
  }),
};
