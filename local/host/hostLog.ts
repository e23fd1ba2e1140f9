import type { LogCategory, LogLevel } from './coreTypes.ts';

/** One line of the host's log. `functionName` and `invocationId` are there when an invocation wrote it. */
export interface HostLogLine {
  level: LogLevel;
  /** `user`: written by the app; `system`: written by the host or the library. */
  category: LogCategory;
  functionName?: string;
  invocationId?: string;
  message: string;
}

export type HostLog = (line: HostLogLine) => void;

/** The line as text, always on one line: `warning checkDiscovery: A platform answers slowly.` */
export function formatLogLine({ level, functionName, message }: HostLogLine): string {
  const text = message.replaceAll(/\s*\n\s*/g, ' | ');
  return functionName ? `${level} ${functionName}: ${text}` : `${level} ${text}`;
}

/** The default log: warnings and worse go to stderr, so that a failing function is never silent. */
export function logTroubleToStderr(line: HostLogLine): void {
  if (['warning', 'error', 'critical'].includes(line.level)) process.stderr.write(`${formatLogLine(line)}\n`);
}
