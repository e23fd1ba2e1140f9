import { randomUUID } from 'node:crypto';
import type { Service } from '../../../lib/service.ts';
import { openTable } from '../../../lib/azure/tables.ts';
import { functionKeyHolder, type Caller } from '../../../lib/callers.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { Preflight, PreflightRequest } from '../../../lib/guests/preflight.ts';
import { HealthTable } from '../../../lib/health/healthTable.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { tableNames } from '../../../local/cloud.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { noLimit } from '../../races/gatedService.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../../support/testCloud.ts';
import { ringLine } from '../sealing/ringKeys.ts';

const clock = adjustableClock();
const onPremises = 'https://meet.contoso.example/jane/K0LQ81DP';
const both = { MEETING_PLATFORMS: 'trusted-application,ucwa' };
let cloud: TestCloud;
let app: Service;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(async () => {
  await cloud.simulator.world.reset();
  cloud.simulator.world.entra.tokenLifetimeSeconds = 10 * 365 * 86_400;
  clock.advance({ hours: 100 });
  app = newApp();
  await Promise.all(['trusted-application', 'ucwa', 'secrets'].map((part) => checked(part)));
});

afterAll(() => cloud.stop());

const newApp = (changes: Record<string, string> = {}): Service => cloud.newApp({ ...both, ...changes }, clock.now);
const ask = (request: Partial<PreflightRequest> = {}, by = app): Promise<Preflight> =>
  by.preflight({ meetingUrl, ...request });
const application = (appId: string): Caller => ({ kind: 'application', appId });
const codesOf = ({ reasons }: Preflight): string[] => reasons.map(({ code, status }) => `${code} ${status}`);

/** A part's last check, as the timer would have stored it just now. */
async function checked(name: string, step: Partial<HealthStep> = {}): Promise<void> {
  const table = new HealthTable(openTable(readSettings(cloud.environment), 'discoveryHealth'));
  await table.remember({
    name,
    steps: [{ name: 'discover', outcome: 'pass', latencyMs: 1, ...step }],
    checkedAt: new Date(clock.now()),
    nextDueAt: new Date(clock.now() + 5 * 60_000),
  });
}

async function newGuest(caller?: Caller): Promise<string> {
  const applicationSessionId = randomUUID();
  await app.issue({ meetingUrl, applicationSessionId, caller }, noLimit());
  return applicationSessionId;
}

describe('a link', () => {
  it.each([
    [meetingUrl, 'trusted-application'],
    [`https://MEET.Lync.Example:443/contoso/testuser/1SD8D0WZ#top`, 'trusted-application'],
    [onPremises, 'ucwa'],
  ])('such as %s will do, and its platform is named', async (url, platform) => {
    expect(await ask({ meetingUrl: url })).toEqual({ status: 'pass', platform, session: undefined, reasons: [] });
  });

  it.each([
    ['text', 'see you at ten'],
    ['nothing', ''],
    ['a SIP URI', 'sip:jane@contoso.example;gruu;opaque=app:conf:focus:id:K0LQ81DP'],
    ['plain http', meetingUrl.replace('https', 'http')],
    ['a user', meetingUrl.replace('https://', 'https://jane@')],
    ['an address', 'https://127.0.0.1/contoso/testuser/1SD8D0WZ'],
    ['dot segments', 'https://meet.lync.example/contoso/../testuser/1SD8D0WZ'],
    // The endpoints for tokens take the link as it is.
    ['blanks around it', ` ${meetingUrl}\n`],
    ['the angle brackets of a mail', `<${meetingUrl}>`],
    ['more characters than a platform takes', meetingUrl.padEnd(1_025, 'Z')],
  ])('(%s) is malformed, of no platform', async (_, url) => {
    const preflight = await ask({ meetingUrl: url });
    expect([preflight.status, preflight.platform, codesOf(preflight)]).toEqual([
      'fail',
      undefined,
      ['meeting-url-malformed fail'],
    ]);
  });

  it.each(['https://meet.lync.example', 'https://meet.lync.example/', 'https://meet.lync.example/?#a'])(
    'that names no meeting, %s, is incomplete',
    async (url) => {
      const preflight = await ask({ meetingUrl: url });
      expect([preflight.status, preflight.platform, codesOf(preflight)]).toEqual([
        'fail',
        'trusted-application',
        ['meeting-url-incomplete fail'],
      ]);
    },
  );

  it.each([
    ['elsewhere', 'https://meet.elsewhere.example/contoso/testuser/1SD8D0WZ'],
    ['on another port', 'https://meet.lync.example:444/contoso/testuser/1SD8D0WZ'],
    ['on a host that ends in the same letters', 'https://evilmeet.lync.example/contoso/testuser/1SD8D0WZ'],
  ])('(%s) is not supported', async (_, url) => {
    expect(codesOf(await ask({ meetingUrl: url }))).toEqual(['meeting-url-not-supported fail']);
  });

  it('of a platform that is not configured is not supported', async () => {
    const preflight = await ask({ meetingUrl: onPremises }, newApp({ MEETING_PLATFORMS: 'trusted-application' }));
    expect(codesOf(preflight)).toEqual(['meeting-url-not-supported fail']);
  });
});

describe('origins', () => {
  it('are those that the settings allow', async () => {
    const allowedOrigins = ['https://www.contoso.example/', 'HTTPS://Advisor.contoso.example:443'];
    expect((await ask({ allowedOrigins })).status).toBe('pass');
    expect(codesOf(await ask({ allowedOrigins: [...allowedOrigins, 'https://evil.example'] }))).toEqual([
      'origin-not-allowed fail',
    ]);
  });

  it('of a guest who is known are the guest’s own, which the settings may have dropped', async () => {
    const applicationSessionId = await newGuest();
    const moved = newApp({ ALLOWED_ORIGINS: 'https://new.contoso.example' });
    expect(codesOf(await ask({ applicationSessionId }, moved))).toEqual(['origin-not-allowed fail']);
    const allowedOrigins = ['https://new.contoso.example'];
    expect(codesOf(await ask({ applicationSessionId, allowedOrigins }, moved))).toEqual([]);
    await expect(moved.issue({ meetingUrl, applicationSessionId }, noLimit())).rejects.toMatchObject({
      code: 'origin-not-allowed',
    });
  });
});

describe('a session', () => {
  it('that was never seen is new', async () => {
    expect(await ask({ applicationSessionId: randomUUID() })).toMatchObject({ status: 'pass', session: 'new' });
  });

  it('of this meeting is active, however its link is spelt', async () => {
    const applicationSessionId = await newGuest();
    for (const url of [meetingUrl, meetingUrl.replace('meet.lync', 'MEET.Lync'), `${meetingUrl}#a`]) {
      expect(await ask({ meetingUrl: url, applicationSessionId })).toMatchObject({ status: 'pass', session: 'active' });
    }
  });

  it('of another meeting is bound to it', async () => {
    const preflight = await ask({ meetingUrl: otherMeetingUrl, applicationSessionId: await newGuest() });
    expect(preflight).toMatchObject({ status: 'fail', session: 'other-meeting' });
    expect(codesOf(preflight)).toEqual(['session-bound-to-another-meeting fail']);
  });

  it('of another caller is bound elsewhere, and its own is active', async () => {
    const [owner, another] = [application('application-a'), application('application-b')];
    const applicationSessionId = await newGuest(owner);
    expect(await ask({ applicationSessionId, caller: owner })).toMatchObject({ session: 'active' });
    for (const caller of [another, functionKeyHolder, undefined]) {
      expect(codesOf(await ask({ applicationSessionId, caller }))).toEqual(['session-bound-to-another-meeting fail']);
    }
  });

  it('that was removed stays so until it is forgotten', async () => {
    const applicationSessionId = await newGuest();
    await app.remove(guestIdOf(applicationSessionId));
    for (const url of [meetingUrl, otherMeetingUrl]) {
      const preflight = await ask({ meetingUrl: url, applicationSessionId });
      expect([preflight.session, codesOf(preflight)]).toEqual(['removed', ['guest-removed fail']]);
    }
    clock.advance({ hours: 25 });
    await checked('trusted-application');
    expect(await ask({ applicationSessionId })).toMatchObject({ session: 'new' });
  });

  it('past its retention is new, in any meeting', async () => {
    const applicationSessionId = await newGuest();
    clock.advance({ hours: 24, seconds: -1 });
    expect(await ask({ applicationSessionId })).toMatchObject({ session: 'active' });
    clock.advance({ seconds: 1 });
    expect(await ask({ applicationSessionId })).toMatchObject({ session: 'new' });
    expect(await ask({ meetingUrl: otherMeetingUrl, applicationSessionId })).toMatchObject({ session: 'new' });
  });

  it('whose key is gone cannot be judged', async () => {
    const applicationSessionId = await newGuest();
    cloud.simulator.world.secrets.set('guest-keys', ringLine('another'));
    await expect(ask({ applicationSessionId }, newApp())).rejects.toMatchObject({ code: 'secrets-unavailable' });
    // Without a session no key is needed.
    await cloud.simulator.world.faults.down('vault', true);
    expect((await ask({}, newApp())).status).toBe('pass');
  });
});

describe('the last check', () => {
  it.each([
    ['failed', { outcome: 'fail' }, 'fail', ['platform-failing fail']],
    ['warned', { outcome: 'warn' }, 'warn', ['platform-degraded warn']],
    ['was slow', { latencyMs: 2_001 }, 'warn', ['platform-degraded warn']],
  ] as const)('of the platform that %s gives a reason', async (_, step, status, codes) => {
    await checked('trusted-application', step);
    const preflight = await ask();
    expect([preflight.status, codesOf(preflight)]).toEqual([status, codes]);
    // The other platform is none of this meeting's business.
    expect((await ask({ meetingUrl: onPremises })).status).toBe('pass');
    expect((await ask({ meetingUrl: 'https://meet.elsewhere.example/a/b/c' })).reasons).toHaveLength(1);
  });

  it('counts until the next one is overdue', async () => {
    await checked('trusted-application', { outcome: 'fail' });
    clock.advance({ minutes: 12.5 });
    expect(codesOf(await ask())).toEqual(['platform-failing fail']);
    clock.advance({ milliseconds: 1 });
    const preflight = await ask();
    expect([preflight.status, codesOf(preflight)]).toEqual(['warn', ['platform-not-checked warn']]);
  });

  it('may not have been yet', async () => {
    await Promise.all(
      (await cloud.rows('discoveryHealth')).map(({ partitionKey, rowKey }) =>
        cloud.table('discoveryHealth').deleteEntity(String(partitionKey), String(rowKey)),
      ),
    );
    expect(codesOf(await ask())).toEqual(['platform-not-checked warn']);
  });

  it('of the secrets warns when it failed, and says nothing of those that end soon', async () => {
    await checked('secrets', { outcome: 'fail' });
    expect(codesOf(await ask())).toEqual(['secrets-failing warn']);
    await checked('trusted-application', { outcome: 'fail' });
    const preflight = await ask();
    expect([preflight.status, codesOf(preflight)]).toEqual(['fail', ['platform-failing fail', 'secrets-failing warn']]);
    await Promise.all([checked('secrets', { outcome: 'warn' }), checked('trusted-application')]);
    expect((await ask()).status).toBe('pass');
  });
});

describe('every reason', () => {
  it('says in fixed sentences what is wrong and what to do', async () => {
    const applicationSessionId = await newGuest();
    await checked('trusted-application', { outcome: 'fail' });
    await checked('secrets', { outcome: 'fail' });
    const { status, reasons } = await ask({
      meetingUrl: 'https://meet.lync.example/',
      applicationSessionId,
      allowedOrigins: ['https://evil.example'],
    });
    expect(status).toBe('fail');
    expect(reasons.map(({ code }) => code)).toEqual([
      'meeting-url-incomplete',
      'origin-not-allowed',
      'session-bound-to-another-meeting',
      'platform-failing',
      'secrets-failing',
    ]);
    for (const { detail, nextStep } of reasons) {
      for (const sentence of [detail, nextStep]) expect(sentence).toMatch(/^[A-Z].+\.$/);
      expect(detail + nextStep).not.toContain(applicationSessionId);
    }
  });
});

test('nothing is minted, called or written', async () => {
  const applicationSessionId = await newGuest();
  const stored = async () => Promise.all(tableNames.map((name) => cloud.rows(name)));
  const [rows, calls, tokens] = [
    await stored(),
    cloud.simulator.world.calls.filter(({ service }) => service === 'platform').length,
    cloud.simulator.world.platform.issued.length,
  ];
  for (const url of [meetingUrl, otherMeetingUrl, onPremises, 'https://meet.elsewhere.example/', 'no link']) {
    for (const session of [undefined, applicationSessionId, randomUUID()]) {
      await ask({ meetingUrl: url, applicationSessionId: session, allowedOrigins: ['https://evil.example'] });
    }
  }
  expect(await stored()).toEqual(rows);
  expect(cloud.simulator.world.calls.filter(({ service }) => service === 'platform')).toHaveLength(calls);
  expect(cloud.simulator.world.platform.issued).toHaveLength(tokens);
});
