import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as z from 'zod';
import { bundleForBrowsers } from '../client/bundledClient.ts';
import { paste, type Variables } from '../support/paste.ts';
import { differences, learnt } from './answers.ts';
import { commandsOf, examplesOf, type Example } from './page.ts';

/** What a page's examples are run against. */
export interface Stage {
  /** What stands on the page, and what takes its place here. */
  readonly inPlaceOf: readonly (readonly [written: string, real: string])[];
  /** The variables that the page refers to. */
  readonly variables: Variables;
}

const run = promisify(execFile);

/** What a program prints, whatever it ends with. */
async function printed(args: readonly string[], variables: Variables): Promise<string> {
  try {
    return (await run(process.execPath, args, { env: { ...process.env, ...variables } })).stdout;
  } catch (error) {
    const { stdout } = z.object({ stdout: z.string().min(1) }).parse(error);
    return stdout;
  }
}

/**
 * Runs every example of a page as it is written, one after the other, and holds what comes against the answers that the page
 * shows. What an answer showed (an id, say) stands for what really came, in the examples after it.
 *
 * @returns what the last command of each example gave
 */
export async function play(page: string, { inPlaceOf, variables }: Stage): Promise<unknown[]> {
  const real: (readonly [string, string])[] = [...inPlaceOf];
  const asHere = (text: string): string => real.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  const given: unknown[] = [];
  for (const example of examplesOf(page)) {
    const { language, answer } = example;
    const result = language === 'ts' ? await runModule(asHere(example.text), variables) : await runAll(example);
    given.push(result);
    if (answer?.language === 'json') {
      const written: unknown = JSON.parse(answer.text);
      expect(differences(written, result)).toEqual([]);
      real.push(...learnt(written, result));
    } else if (answer) {
      expect(linesMissing(answer.text, String(result))).toEqual([]);
    }
  }
  return given;

  async function runAll(example: Example): Promise<unknown> {
    let last: unknown;
    for (const command of commandsOf(example)) {
      const line = asHere(command);
      const [, script = '', args = ''] = /^npm run ([\w:]+)(?: -- (.*))?$/.exec(line) ?? [];
      last = script ? await printed(programOf(script, args), variables) : await paste(line, variables);
    }
    return last;
  }
}

/** The program behind an npm script, which is one TypeScript file. */
function programOf(script: string, args: string): string[] {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const [, file] = /^tsx (\S+)$/.exec(scripts[script] ?? '') ?? [];
  if (file === undefined) throw new Error(`npm run ${script} is not one TypeScript file`);
  return ['--import', 'tsx', file, ...args.split(' ').filter((arg) => arg !== '')];
}

async function runModule(source: string, variables: Variables): Promise<string> {
  const { code } = await bundleForBrowsers('esm', source);
  return printed(['--input-type=module', '--eval', code], variables);
}

/** The first line that was not printed, in this order; `…` stands for anything, and how long something took is left out. */
function linesMissing(written: string, output: string): string[] {
  const lines = output.replaceAll(/ \(\d+ ms\)/g, '').split('\n');
  let next = 0;
  let mayPass = false;
  for (const line of written.split('\n')) {
    if (line === '…') {
      mayPass = true;
      continue;
    }
    const at = lines.findIndex((printedLine, index) => index >= next && isLike(line, printedLine));
    if (at === -1 || (!mayPass && at > next)) return [line, `not in: ${output}`];
    next = at + 1;
    mayPass = false;
  }
  return [];
}

function isLike(written: string, line: string): boolean {
  const [start = '', ...rest] = written.split('…');
  return rest.length === 0 ? line === written : line.startsWith(start) && line.endsWith(rest.at(-1) ?? '');
}
