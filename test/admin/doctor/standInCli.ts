import childProcess, { type ChildProcess, type ExecOptionsWithStringEncoding } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** How an Azure CLI finds itself. */
export type CliState = 'signed-in' | 'signed-out' | 'missing';

/**
 * Puts a stand-in for the Azure CLI before the others on the PATH of every shell that this process starts; in the state
 * `missing` there is no other command either. Signed in, it gives the tokens that the simulated identity endpoint makes,
 * in the form of the real one.
 * @returns what takes it away again.
 */
export function putStandInCli(state: CliState, identity: { endpoint: string; header: string }): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'anonymous-join-az-'));
  const file = join(folder, 'az');
  if (state !== 'missing') {
    writeFileSync(file, state === 'signed-in' ? givingTokens(identity) : refusing);
    chmodSync(file, 0o755);
  }
  const { PATH = '' } = process.env;
  const path = state === 'missing' ? folder : `${folder}${delimiter}${PATH}`;
  // The Azure library starts the CLI with the environment of the real process, which a test in Jest cannot change.
  const { exec } = childProcess;
  type Done = (error: Error | null, stdout: string, stderr: string) => void;
  const execWithCli = (command: string, options: ExecOptionsWithStringEncoding, done: Done): ChildProcess =>
    exec(command, { ...options, env: { ...process.env, PATH: path } }, done);
  const put = jest.spyOn(childProcess, 'exec').mockImplementation(execWithCli as typeof exec);
  return () => {
    put.mockRestore();
    rmSync(folder, { recursive: true });
  };
}

const refusing = `#!/bin/sh
echo "ERROR: Please run 'az login' to setup account." >&2
exit 1
`;

const givingTokens = ({ endpoint, header }: { endpoint: string; header: string }): string => `#!${process.execPath}
const resource = process.argv[process.argv.indexOf('--resource') + 1];
fetch('${endpoint}?api-version=2019-08-01&resource=' + encodeURIComponent(resource), {
  headers: { 'x-identity-header': '${header}' },
})
  .then((answer) => answer.json())
  .then(({ access_token: accessToken, expires_on: seconds }) => {
    console.log(JSON.stringify({ accessToken, expires_on: Number(seconds), tokenType: 'Bearer' }));
  });
`;
