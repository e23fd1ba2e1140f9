import type { Preflight } from '../../../client/client.ts';

type Reason = Preflight['reasons'][number];

const outOfOrder = 'Joining does not work at the moment. Try again later, or call your advisor.';

/** What is wrong with a link, in the customer's words: those of the service are for who runs the app. */
const words: Partial<Record<Reason['code'], string>> = {
  'meeting-url-malformed': 'This is not a meeting link. Copy the whole link from your invitation.',
  'meeting-url-incomplete': 'A part of the link is missing. Copy the whole link from your invitation.',
  'meeting-url-not-supported':
    'This link leads somewhere else, not to a meeting with us. Look again in your invitation.',
  'guest-removed': 'Your advisor has ended your access to this meeting.',
  'platform-failing': outOfOrder,
  'secrets-failing': outOfOrder,
};

/** Why a join will not work. */
export function wordsOfLink({ reasons }: Preflight): string {
  const code = reasons.find(({ status }) => status === 'fail')?.code;
  return (code && words[code]) ?? `This did not work. Tell your advisor: ${code ?? 'no reason given'}.`;
}
