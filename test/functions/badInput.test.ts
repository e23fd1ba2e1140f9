import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { ProblemCode } from '../../lib/problem.ts';
import { tableNames } from '../../local/cloud.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { startTestService, type TestService } from '../support/testService.ts';
import { badBodies, type BadBody, type BodyShape } from './badInput/badBodies.ts';
import { badCallbackUrl } from './badInput/badCallbackUrl.ts';
import { badGuestId } from './badInput/badGuestId.ts';
import { badKey, badMeetingOptions, goodMeetingOptions } from './badInput/badMeeting.ts';
import {
  badCursor,
  badMeetingUrl,
  badOrigins,
  badSessionId,
  foreignMeetingUrl,
  invalid,
  longText,
} from './badInput/badText.ts';
import { namesMissingField, resolves } from './badInput/jsonPointer.ts';
import { expectProblem } from './problemReply.ts';
import { generatedCases } from '../support/generatedCases.ts';

/** So many that none of the codes is missed. */
const bodies = 700;
/** For the ten times as many of the deep tests. */
const timeoutMs = 600_000;
const applicationSessionId = '6f9619ff-8b86-4d11-b42d-00c04fc964ff';

let cloud: TestCloud;
let service: TestService;
let storedBefore: unknown;
let platformCallsBefore: number;

const stored = () => Promise.all(tableNames.map((name) => cloud.rows(name)));
const platformCalls = () => cloud.simulator.world.calls.filter((call) => call.service === 'platform').length;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud);
  // A guest whose row and session every bad request could spoil.
  const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
  expect(issued.status).toBe(201);
});
afterAll(async () => {
  await cloud.stop();
});

beforeEach(async () => {
  storedBefore = await stored();
  platformCallsBefore = platformCalls();
});
afterEach(async () => {
  expect(isDeepStrictEqual(await stored(), storedBefore)).toBe(true);
  expect(platformCalls()).toBe(platformCallsBefore);
});

async function send(
  method: string,
  path: string,
  { bytes, contentType, chunked }: Partial<BadBody>,
  more: Record<string, string> = {},
): Promise<Reply> {
  const response = await service.fetch(path, {
    method,
    headers: {
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...more,
    },
    body: bytes,
    chunked,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Reply['json'] };
}

/** Every complaint points at something that was sent, or at the field that was not. */
function expectPointers({ json }: Reply, sent: unknown): void {
  const errors = json['errors'] as { pointer: string; detail: string }[];
  expect(errors.length).toBeGreaterThan(0);
  for (const { pointer, detail } of errors) {
    if (detail === 'is missing') expect(namesMissingField(pointer, sent)).toBe(true);
    else expect({ pointer, found: resolves(pointer, sent) }).toEqual({ pointer, found: true });
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

async function refusesBadBodies(path: string, shape: BodyShape, headers = {}): Promise<ReadonlySet<ProblemCode>> {
  const seen = new Set<ProblemCode>();
  await fc.assert(
    fc.asyncProperty(badBodies(shape), async (bad) => {
      const reply = await send('POST', path, bad, headers);
      const code = expectProblem(reply, ...bad.codes);
      if (code === 'invalid-request') expectPointers(reply, parsed(bad.bytes));
      seen.add(code);
    }),
    generatedCases(bodies),
  );
  return seen;
}

test(
  'issuing a token refuses whatever is wrong with its body',
  async () => {
    const seen = await refusesBadBodies('/api/v1/anonymous-tokens', {
      good: { meetingUrl, allowedOrigins: ['https://www.contoso.example'], applicationSessionId },
      required: ['meetingUrl'],
      flaws: {
        meetingUrl: fc.oneof(badMeetingUrl, foreignMeetingUrl),
        allowedOrigins: badOrigins,
        applicationSessionId: badSessionId,
      },
    });
    expect([...seen].sort()).toEqual([
      'invalid-request',
      'meeting-url-not-supported',
      'origin-not-allowed',
      'payload-too-large',
      'unsupported-media-type',
    ]);
  },
  timeoutMs,
);

test(
  'rejoining refuses whatever is wrong with its body',
  async () => {
    const seen = await refusesBadBodies('/api/v1/rejoin-tokens', {
      good: { applicationSessionId, allowedOrigins: ['https://www.contoso.example'] },
      required: ['applicationSessionId'],
      flaws: { applicationSessionId: badSessionId, allowedOrigins: badOrigins },
    });
    expect([...seen].sort()).toEqual([
      'invalid-request',
      'origin-not-allowed',
      'payload-too-large',
      'unsupported-media-type',
    ]);
  },
  timeoutMs,
);

test(
  'searching refuses whatever is wrong with its body',
  async () => {
    const seen = await refusesBadBodies('/api/v1/guests/search', {
      good: { meetingUrl, cursor: 'k1.' },
      required: ['meetingUrl'],
      flaws: { meetingUrl: badMeetingUrl, cursor: badCursor },
    });
    expect([...seen].sort()).toEqual(['invalid-request', 'payload-too-large', 'unsupported-media-type']);
  },
  timeoutMs,
);

const everyBadBody = ['invalid-request', 'payload-too-large', 'unsupported-media-type'];

test(
  'creating a meeting refuses whatever is wrong with its body',
  async () => {
    const shape = { good: goodMeetingOptions, required: [], flaws: badMeetingOptions };
    const seen = await refusesBadBodies('/api/v1/meetings', shape, { 'Idempotency-Key': 'k'.repeat(20) });
    expect([...seen].sort()).toEqual(everyBadBody);
  },
  timeoutMs,
);

test(
  'creating a meeting refuses whatever is no Idempotency-Key',
  async () => {
    const body = { bytes: Buffer.from(JSON.stringify(goodMeetingOptions)), contentType: 'application/json' };
    await fc.assert(
      fc.asyncProperty(badKey, async (key) => {
        const reply = await send('POST', '/api/v1/meetings', body, { 'Idempotency-Key': key });
        expectProblem(reply, 'invalid-request');
        expect(reply.json['errors']).toMatchObject([{ pointer: '/Idempotency-Key' }]);
        if (key.length > 5) expect(reply.text).not.toContain(key);
      }),
      generatedCases(300),
    );
  },
  timeoutMs,
);

test(
  'looking at a link refuses whatever is wrong with its body but the link',
  async () => {
    const seen = await refusesBadBodies('/api/v1/preflight', {
      good: { meetingUrl, allowedOrigins: ['https://www.contoso.example'], applicationSessionId },
      required: ['meetingUrl'],
      flaws: {
        meetingUrl: invalid(longText(meetingUrl, 2_048)),
        allowedOrigins: badOrigins.filter(({ codes }) => codes.includes('invalid-request')),
        applicationSessionId: badSessionId,
      },
    });
    expect([...seen].sort()).toEqual(everyBadBody);
  },
  timeoutMs,
);

test(
  'subscribing refuses whatever is wrong with its body',
  async () => {
    const seen = await refusesBadBodies('/api/v1/health-subscriptions', {
      good: { callbackUrl: 'https://hooks.example/workflows/1' },
      required: ['callbackUrl'],
      flaws: { callbackUrl: badCallbackUrl },
    });
    expect([...seen].sort()).toEqual(['callback-not-allowed', ...everyBadBody]);
  },
  timeoutMs,
);

test.each<[string, string, string, ProblemCode]>([
  ['GET', 'guests', 'guestId', 'guest-not-found'],
  ['DELETE', 'guests', 'guestId', 'guest-not-found'],
  ['DELETE', 'health-subscriptions', 'subscriptionId', 'subscription-not-found'],
])(
  '%s of one of the %s refuses whatever is not its id',
  async (method, collection, parameter, notFound) => {
    const seen = new Set<ProblemCode>();
    await fc.assert(
      fc.asyncProperty(badGuestId, async (segment) => {
        const reply = await send(method, `/api/v1/${collection}/${segment}`, {});
        const code = expectProblem(reply, 'invalid-request', notFound);
        if (code === 'invalid-request') {
          expect(reply.json['errors']).toEqual([
            { pointer: `/${parameter}`, detail: `must be the ${parameter} of an earlier answer` },
          ]);
        }
        seen.add(code);
      }),
      generatedCases(300),
    );
    expect([...seen].sort()).toEqual([notFound, 'invalid-request'].sort());
  },
  timeoutMs,
);
