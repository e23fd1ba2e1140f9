import type { ServerResponse } from 'node:http';
import { hostVersion } from './functionsCore.ts';
import { answerStatus } from './httpData.ts';
import type { Timer } from './timer.ts';

interface AdminRequest {
  method: string;
  path: string;
  authorized: boolean;
  /** By function name. */
  timers: ReadonlyMap<string, Timer>;
}

/**
 * The two admin endpoints in use: `GET /admin/host/status`, open, and `POST /admin/functions/NAME`, which
 * needs the key, runs a timer once and answers 202 without waiting for it. Returns whether the request has been
 * answered.
 */
export function answerAdmin({ method, path, authorized, timers }: AdminRequest, response: ServerResponse): boolean {
  if (!/^\/admin(\/|$)/i.test(path)) return false;
  const name = /^\/admin\/functions\/([^/]+)\/?$/i.exec(path)?.[1]?.toLowerCase();

  if (method === 'GET' && /^\/admin\/host\/status\/?$/i.test(path)) {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ state: 'Running', version: hostVersion }));
  } else if (method !== 'POST' || name === undefined) {
    answerStatus(response, 404);
  } else if (!authorized) {
    answerStatus(response, 401);
  } else {
    const timer = [...timers].find(([other]) => other.toLowerCase() === name)?.[1];
    answerStatus(response, timer ? 202 : 404);
    void timer?.fire();
  }
  return true;
}
