import { runStart } from '../../local/start.ts';
import { paste } from '../support/paste.ts';
import { until } from '../support/until.ts';
import { addressesIn, becomesUnreachable, killAll, run, type Program } from './processes.ts';

// Whole clouds are started here, several processes each.
jest.setTimeout(60_000);

/** Started in this process: prints and stops as a program does. */
interface Started {
  output(): string;
  stop(): Promise<void>;
}

function startHere(functionKey: string): Started {
  let written = '';
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const log = (text: string): void => {
    written += `${text}\n`;
  };
  const ended = runStart({ port: 0, functionKey, log, echo: log, interrupted });
  return {
    output: () => written,
    stop: () => {
      interrupt();
      return ended;
    },
  };
}

const serving = ({ output }: Pick<Started, 'output'>): Promise<void> =>
  until(() => output().includes('Ctrl-C stops'), 25_000);
const curlLines = (output: string): string[] =>
  output.split('\n').flatMap((line) => /^ +(curl .*)$/.exec(line)?.[1] ?? []);

let here: Started;
let program: Program;
let guest: Record<string, unknown>;

beforeAll(async () => {
  here = startHere('a-key-of-my-own');
  program = run('start', { PORT: '0' });
  await Promise.all([serving(here), serving(program)]);
});
afterAll(killAll);

it('prints lines that work as pasted, and echoes the log', async () => {
  expect(here.output()).toContain('a-key-of-my-own');
  const [issue = '', rejoin = '', search = ''] = curlLines(here.output());
  guest = await paste(issue);
  expect(guest).toMatchObject({ tokenType: 'Bearer', platform: 'trusted-application' });
  const { applicationSessionId, guestId } = guest;
  const again = await paste(rejoin.replace('PASTE-IT-HERE', String(applicationSessionId)));
  expect(again).toMatchObject({ guestId, rejoinCount: 1 });
  expect(await paste(search)).toMatchObject({ guests: [{ guestId, rejoinCount: 1 }] });
  await until(() => here.output().includes('"endpoint":"IssueRejoinToken"'));
});

it('runs twice side by side, each with tables of its own', async () => {
  const [, rejoin = ''] = curlLines(program.output());
  const pasted = rejoin.replace('PASTE-IT-HERE', String(guest['applicationSessionId']));
  expect(await paste(pasted)).toMatchObject({ code: 'guest-not-found' });
  const served = [here.output(), program.output()].flatMap(addressesIn);
  // The service, the simulator's control and the tables, twice.
  expect(new Set(served).size).toBe(6);
});

it('says in a sentence that its port is taken', async () => {
  const [taken = ''] = addressesIn(here.output());
  const second = run('start', { PORT: new URL(taken).port });
  expect(await second.ended()).toBe(1);
  expect(second.output()).toContain('it is taken. Stop what uses it or choose another one');
});

it('leaves nothing running when it is stopped', async () => {
  const served = addressesIn(here.output());
  expect(served).toHaveLength(3);
  await here.stop();
  for (const address of served) expect(await becomesUnreachable(address)).toBe(true);
});

it('leaves nothing running when its process is killed', async () => {
  const served = addressesIn(program.output());
  program.child.kill('SIGKILL');
  for (const address of served) expect(await becomesUnreachable(address)).toBe(true);
});
