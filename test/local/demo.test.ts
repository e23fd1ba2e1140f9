import { runDemo } from '../../local/demo.ts';
import { addressesIn, becomesUnreachable } from './processes.ts';

// A whole cloud is started here, in three processes.
jest.setTimeout(60_000);

it('shows each step on each platform, answers 0 and leaves nothing running', async () => {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(...text.split('\n'));
  const exitCode = await runDemo({ log: print, error: print });
  const output = lines.join('\n');
  expect([exitCode, exitCode === 0 ? '' : output]).toEqual([0, '']);

  const chapters = [...output.matchAll(/\n\n(\S.*)/g)].map(([, title]) => title).join('\n');
  expect(chapters).toMatch(/Discovery.*customer.*connection drops.*mapping.*removes the guest.*status/s);
  expect(output).toMatch(/POST \/api\/v1\/anonymous-tokens → 201 in \d+ ms/);
  expect(output).toMatch(/POST \/api\/v1\/rejoin-tokens → 200 in \d+ ms/);
  expect(output).toMatch(/GET \/api\/health → 200 in \d+ ms/);
  expect(output).toMatch(/POST \/api\/v1\/rejoin-tokens → 410 in \d+ ms/);
  expect(output).toMatch(/rejoinCount +1/);
  // Tokens are shortened, so that a person can read it.
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(160);
  for (const address of addressesIn(output)) expect(await becomesUnreachable(address)).toBe(true);
});
