import { HttpTransport } from '../../lib/net/transport.ts';
import type { Settings } from '../../lib/settings.ts';
import { failing, passed, warning, type Examination, type Finding } from '../../lib/platforms/examination.ts';
import { unreachable } from '../../lib/platforms/unreachable.ts';

/** The time of an answer, by the clocks of the server and of this machine. */
interface Dated {
  readonly date: string | undefined;
  /** By this machine's clock. */
  readonly readAt: number;
}

/** Whether the vault can be reached at all, without an identity; and whether this machine's clock agrees with its. */
export async function checkVault(examination: Examination, settings: Settings, now: () => number): Promise<boolean> {
  const url = new URL(settings.keyVaultUrl);
  const send = new HttpTransport().send;
  const answer = await examination.run(
    'vault',
    async (): Promise<Dated> => {
      // Any answer will do: without the name of a secret the vault answers an error.
      const { headers } = await send({ method: 'GET', url }, AbortSignal.timeout(10_000));
      return { date: headers.date, readAt: now() };
    },
    { explain: (error) => unreachable(error, url.host, 'KEY_VAULT_URL') },
  );
  if (answer) examination.note('clock', ofClock(answer.value));
  return answer !== undefined;
}

const minuteMs = 60_000;

function ofClock({ date, readAt }: Dated): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { status: 'pass', reason: 'The vault does not say what time it is.' };
  const aheadMs = readAt - theirs;
  if (Math.abs(aheadMs) <= minuteMs) return passed;
  const minutes = (Math.abs(aheadMs) / minuteMs).toFixed(1);
  const [judge, consequence] =
    Math.abs(aheadMs) > 5 * minuteMs ? [failing, 'refused as expired or not yet valid'] : [warning, 'judged wrongly'];
  return judge(
    `The clock of this machine is ${minutes} min ${aheadMs > 0 ? 'ahead of' : 'behind'} the vault's: tokens are ${consequence}.`,
    'Have the clock set by a time server (timedatectl set-ntp true; w32tm /resync), then run the doctor again.',
  );
}
