import { Console } from 'node:console';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { parseHostRule } from '../../lib/hostRules.ts';
import { adviceOn } from '../../lib/platforms/ucwa/advice.ts';
import { DiscoveryFailure } from '../../lib/platforms/ucwa/failure.ts';
import type { CommandIo } from '../commandIo.ts';
import { readCommandLine, usage, type Asked } from './commandLine.ts';
import { tryDeployment } from './tryDeployment.ts';

/**
 * Tries an on-premises deployment step by step, and says what to fix. Secrets come from the environment (UCWA_PASSWORD,
 * UCWA_TOKEN), so that they stay out of the shell's history; none is printed. After a redirect to a host that is not
 * trusted it asks whether to follow it, and after a yes it begins again.
 * @returns the exit code: 0 it works, 1 it does not, 2 the command is not understood.
 */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const console = new Console(io.stdout, io.stderr);
  const asked = readCommandLine(args);
  if (!asked) {
    console.error(usage);
    return 2;
  }
  const approved: string[] = [];
  for (;;) {
    try {
      await tryDeployment(asked, approved, {
        environment: io.env,
        print: (line) => {
          console.log(line);
        },
      });
      return 0;
    } catch (error) {
      const host = reportFailure(error, asked, console);
      if (host === undefined || approved.includes(host) || !parseHostRule(host)) return 1;
      if (!(await isTrusted(host, io))) return 1;
      approved.push(host);
    }
  }
}

/** Prints what went wrong and what to do. Returns the host of a redirect that was not followed. */
function reportFailure(error: unknown, { grantKind }: Asked, console: Console): string | undefined {
  const { reason, nextStep } = adviceOn(error, grantKind);
  console.error(`\nResult: ${reason}\n  ${nextStep}`);
  if (!(error instanceof DiscoveryFailure)) return undefined;
  for (const { url, status, failure } of error.hops) {
    console.error(`  ${url}: ${[status, failure ?? 'led on'].filter((part) => part !== undefined).join(', ')}`);
  }
  if (error.blockedHost !== undefined) console.error(`  blocked: ${error.blockedHost}`);
  return error.blockedHost;
}

/** A person has to say yes: the protocol demands this security check. If standard input ends, the answer is no. */
async function isTrusted(host: string, { stdin, stdout }: CommandIo): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    const noAnswer = once(terminal, 'close').then(() => '');
    const question = `The redirect leads to ${host}, which is not trusted. Follow it? [y/N] `;
    const answer = await Promise.race([terminal.question(question), noAnswer]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
