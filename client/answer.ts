import { unreachable } from './failure.ts';

/** The platform's fetch, or one in its place. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** The answer with its whole body; throws `unreachable` if there is none, or only a part of it. */
export async function answerTo(
  send: Send,
  url: string,
  init: RequestInit,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await send(url, init);
    return { response, text: await response.text() };
  } catch (error) {
    throw unreachable(error);
  }
}
