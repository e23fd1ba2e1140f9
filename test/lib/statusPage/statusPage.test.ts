import { statusPage } from '../../../lib/statusPage/statusPage.ts';
import { checkBefore, history, part, readAt } from './histories.ts';
import { readPage } from './pageUnderTest.ts';

const well = part('trusted-application', [
  checkBefore(10, [{ name: 'credentials', latencyMs: 30 }, { name: 'discover' }]),
  checkBefore(5, [{ name: 'credentials', latencyMs: 50 }, { name: 'discover' }]),
]);
const action = 'Ask for tenant consent.';
const failing = part('ucwa', [
  checkBefore(10, [{ name: 'contoso.example/root' }, { name: 'contoso.example/user', latencyMs: 1_234 }]),
  checkBefore(5, [{ name: 'contoso.example/root', outcome: 'fail', latencyMs: 5_000, action }]),
]);
const slow = part('secrets', [checkBefore(5, [{ name: 'guest-keys', latencyMs: 2_500 }])]);

describe('the status', () => {
  it.each(['pass', 'warn', 'fail'] as const)('%s is at the beginning of the title, and in the heading', (status) => {
    const page = readPage(statusPage(history([well], { status })));
    expect(page.title).toBe(`${status} – Anonymous Join`);
    expect(page.all('h1')).toEqual([expect.stringMatching(new RegExp(`^Anonymous Join \\S ${status}$`))]);
  });

  it('is shown for each part, as a word and a sign', () => {
    const { all } = readPage(statusPage(history([well, slow, failing], { status: 'warn' })));
    const headings = ['trusted-application ✓ pass', 'secrets ! warn', 'ucwa ✕ fail'];
    expect(all('li').slice(0, 3)).toEqual(headings);
    expect(all('h2')).toEqual(['What to do', ...headings, 'Changes of the status', 'How to read it']);
  });
});

describe('what to do', () => {
  const tasksOf = (...parts: Parameters<typeof history>[0]): string[] => {
    const { all } = readPage(statusPage(history(parts)));
    const [overview = '', tasks = ''] = all('ul');
    expect(overview).toContain(parts[0]?.name);
    return all('h2').includes('What to do')
      ? all('li').filter((item) => tasks.includes(item) && item.includes(':'))
      : [];
  };

  it('is left out when all parts pass', () => {
    expect(tasksOf(well)).toEqual([]);
  });

  it('has the action of each step that does not pass, failures first', () => {
    expect(tasksOf(slow, well, failing)).toEqual([
      `✕ fail ucwa, contoso.example/root: ${action}`,
      '! warn secrets, guest-keys: It took more than 2 s. See to the load of the server, and to the network in between.',
    ]);
  });

  it('says which parts nobody checks', () => {
    const [overdue, ...others] = tasksOf({ ...well, isOverdue: true }, { ...slow, isOverdue: true });
    expect(overdue).toMatch(/^✕ fail trusted-application, secrets: overdue: See .* timer checkDiscovery .*\.$/);
    expect(others).toHaveLength(1);
    const [unchecked] = tasksOf(part('trusted-application', []), part('secrets', []));
    expect(unchecked).toMatch(
      /^! warn trusted-application, secrets: not checked yet: See .* timer checkDiscovery .*\.$/,
    );
  });

  it('points to the log where a failure says nothing itself', () => {
    const [task] = tasksOf(part('ucwa', [checkBefore(5, [{ name: 'root', outcome: 'fail', latencyMs: 9_000 }])]));
    expect(task).toBe('✕ fail ucwa, root: See in the log what the timer checkDiscovery met.');
  });

  it('says that a check has no step', () => {
    expect(tasksOf(part('ucwa', [checkBefore(5, [])]))).toEqual([
      expect.stringMatching(/^✕ fail ucwa: .* no step\. See/),
    ]);
  });
});

describe('a part', () => {
  it('says when it was checked, when it will be, and that it should have been', () => {
    const sentence = (more: object): string => readPage(statusPage(history([{ ...well, ...more }]))).text;
    expect(sentence({})).toContain('Checked at 2026-11-21T20:25:00Z; the next check is due at 2026-11-21T20:30:00Z.');
    expect(sentence({ isOverdue: true })).toContain('the next check was due at 2026-11-21T20:30:00Z.');
  });

  it('has its steps with what they took now and in the last day, in words below the chart', () => {
    const { all, attributes } = readPage(statusPage(history([well, failing])));
    expect(all('h3')).toEqual([
      'credentials ✓ pass 50 ms',
      'discover ✓ pass 100 ms',
      'contoso.example/root ✕ fail 5 s',
      'contoso.example/user not tried',
    ]);
    expect(attributes('aria-label').filter((label) => label.startsWith('Chart'))).toEqual(
      ['credentials', 'discover', 'contoso.example/root', 'contoso.example/user'].map(
        (name) => `Chart: latency of ${name} in the last 24 hours`,
      ),
    );
    const [credentials, , root, user] = all('p').filter((text) => text.startsWith('Shortest'));
    expect(credentials).toBe('Shortest 30 ms, median 30 ms, longest 50 ms.');
    expect(root).toBe(
      'Shortest 100 ms, median 100 ms, longest 100 ms. 1 of 2 failed, the last one at 2026-11-21T20:25:00Z.',
    );
    expect(user).toBe('Shortest 1.2 s, median 1.2 s, longest 1.2 s.');
  });

  it('counts warnings, and has no latency where nothing succeeded', () => {
    const never = part('ucwa', [checkBefore(5, [{ name: 'root', outcome: 'fail' }])]);
    const { text } = readPage(statusPage(history([slow, never])));
    expect(text).toContain('longest 2.5 s. 1 of 1 with a warning.');
    expect(text).toMatch(/root ✕ fail 100 ms 1 of 1 failed, the last one at/);
  });

  it('says nothing of the latency of a step that takes no time', () => {
    const { all } = readPage(statusPage(history([part('ucwa', [checkBefore(5, [{ name: 'root', latencyMs: 0 }])])])));
    expect(all('p').filter((text) => text.startsWith('Shortest'))).toEqual([]);
  });

  it('whose last check is older than a day shows what that one found, without a chart', () => {
    const old = { ...failing, past: { ...failing.past, days: failing.past?.days ?? [], steps: [] }, isOverdue: true };
    const { all, attributes } = readPage(statusPage(history([old])));
    expect(all('h3')).toEqual(['contoso.example/root ✕ fail 5 s']);
    expect(attributes('aria-label').filter((label) => label.startsWith('Chart'))).toEqual([]);
  });

  it('that is a warning of the settings has neither days nor latencies', () => {
    const step = { name: 'sample-service-endpoints', outcome: 'warn' as const, latencyMs: 0, action };
    const callers = part('callers', [checkBefore(0, [step])], { past: undefined });
    const { all, text } = readPage(statusPage(history([callers])));
    expect(all('h3')).toEqual(['sample-service-endpoints ! warn']);
    expect(text).not.toMatch(/Checked at|checks in|0 ms/);
  });
});

describe('the changes of the status', () => {
  it('are shown with their times and what failed, newest first', () => {
    const checks = [
      { name: 'ucwa', status: 'fail', failing: 'contoso.example/root' },
      { name: 'secrets', status: 'pass' },
    ] as const;
    const changes = [
      { at: new Date('2026-11-21T10:00:00.500Z'), previous: 'fail', status: 'pass', checks: [] },
      { at: new Date('2026-11-20T10:00:00.000Z'), previous: 'pass', status: 'fail', checks },
    ] as const;
    const { all } = readPage(statusPage(history([well], { changes })));
    expect(all('li').slice(-2)).toEqual([
      '2026-11-21T10:00:00Z: from ✕ fail to ✓ pass',
      '2026-11-20T10:00:00Z: from ✓ pass to ✕ fail ucwa (contoso.example/root)',
    ]);
  });

  it('are one sentence where there were none', () => {
    expect(readPage(statusPage(history([well]))).text).toContain('Changes of the status None in the last 35 days.');
  });
});

describe('the document', () => {
  const page = statusPage(history([well, slow, failing], { status: 'fail' }));

  it('is in English and UTF-8, fits a phone, and loads, runs and links to nothing', () => {
    const { attributes } = readPage(page);
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">\s*<head>\s*<meta charset="utf-8" \/>/);
    expect(attributes('content')).toEqual(['width=device-width, initial-scale=1']);
    expect(page).not.toMatch(/<(script|link|a|img|iframe|object|embed|form|base)\b/i);
    for (const name of ['src', 'href', 'style', 'action', 'xlink:href']) expect(attributes(name)).toEqual([]);
    expect(page).not.toMatch(/\son\w+=/i);
  });

  it('has times that programs read as well', () => {
    const { all, attributes } = readPage(page);
    expect(attributes('datetime')).toEqual(all('time'));
    expect(all('time')).toContain(`${readAt.toISOString().slice(0, 19)}Z`);
  });

  it('gives every drawing a name or hides it', () => {
    const drawings = page.match(/<svg\b[^>]*>/g) ?? [];
    expect(drawings.length).toBeGreaterThan(5);
    for (const drawing of drawings) expect(drawing).toMatch(/role="img"[^]*aria-label="[^"]+"|aria-hidden="true"/);
  });

  it('shows names and actions as text, whatever is in them', () => {
    const hostile = `"><script>alert('1')</script>&amp;<svg onload=x>`;
    const steps = [{ name: hostile, outcome: 'fail' as const, action: hostile }];
    const checks = [{ name: hostile, status: 'fail' as const, failing: hostile, action: hostile }];
    const changes = [{ at: readAt, previous: 'pass' as const, status: 'fail' as const, checks }];
    const text = statusPage(history([part(hostile, [checkBefore(5, steps)])], { changes }));
    expect(text).not.toMatch(/<script|<svg onload/);
    const { all, attributes } = readPage(text);
    expect(all('h3')[0]).toContain(hostile);
    expect(attributes('aria-label').every((label) => label.includes(hostile))).toBe(true);
  });

  it('is at most 150 kB for two platforms with a day of checks', () => {
    const names = ['one', 'two', 'three', 'four', 'five'].map((name) => ({ name }));
    const checks = Array.from({ length: 288 }, (_, index) =>
      checkBefore(
        5 * (287 - index),
        names.map(({ name }, number) => ({ name, latencyMs: 37 * number + ((index * 7) % 91) })),
      ),
    );
    const parts = ['a', 'b', 'c'].map((name) => part(name, checks));
    expect(Buffer.byteLength(statusPage(history(parts)))).toBeLessThan(150_000);
  });
});
