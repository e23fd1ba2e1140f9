import type { Send } from '../../../client/http.ts';

/** An answer on its way to the guest. */
interface PassingAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type Change = Partial<Pick<PassingAnswer, 'status' | 'headers' | 'body'>> | undefined;

/** Changes answers before the guest sees them. @param change undefined: it stays as it is */
export function rewriting(change: (answer: PassingAnswer) => Change): (send: Send) => Send {
  return (send) => async (url, init) => {
    const response = await send(url, init);
    const { status, headers } = response;
    const answer = { method: init.method ?? 'GET', url, status, headers, body: await response.text() };
    const { body, ...rest } = { ...answer, ...change(answer) };
    return new Response(body === '' ? null : body, { status: rest.status, headers: rest.headers });
  };
}
