import type { Transport, UpstreamAnswer } from '../../lib/net/transport.ts';
import { listOf, parseChallenges } from '../../lib/platforms/ucwa/challenge.ts';

/** Prints each request as it is made and what its answer says to an administrator; never a body, a ticket or a key. */
export function shownTransport(send: Transport, print: (line: string) => void): Transport {
  return async (request, signal) => {
    const { method, url } = request;
    const startedAt = performance.now();
    const done = (outcome: string): void => {
      print(`  ${method} ${url.origin}${url.pathname} → ${outcome}, ${Math.round(performance.now() - startedAt)} ms`);
    };
    try {
      const answer = await send(request, signal);
      done(String(answer.status));
      for (const line of explanationOf(answer)) print(`    ${line}`);
      return answer;
    } catch (error) {
      done(String(error));
      throw error;
    }
  };
}

function explanationOf({ headers }: UpstreamAnswer): string[] {
  const lines = parseChallenges(headers['www-authenticate'] ?? '').flatMap((challenge) => {
    const href = challenge.parameters.get('href');
    const grants = listOf(challenge, 'grant_type');
    return [
      `challenge ${challenge.scheme}${href === undefined ? '' : `, tickets at ${href}`}`,
      ...(grants ? [`grants offered: ${grants.join(', ')}`] : []),
    ];
  });
  const diagnostics = headers['x-ms-diagnostics'];
  return diagnostics === undefined ? lines : [...lines, `X-Ms-diagnostics: ${String(diagnostics)}`];
}
