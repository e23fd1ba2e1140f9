import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** How an Azure CLI finds itself. */
export type CliState = 'signed-in' | 'signed-out' | 'missing';

/** A folder with a stand-in for the Azure CLI, to be put before the others on the PATH. */
interface StandInCli {
  /** The PATH with it; of `missing` there is no other command either. */
  readonly path: string;
  remove(): void;
}

/** Makes it: signed in, it gives the tokens that the simulated identity endpoint makes, in the form of the real one. */
export function standInCli(state: CliState, identity: { endpoint: string; header: string }): StandInCli {
  const folder = mkdtempSync(join(tmpdir(), 'anonymous-join-az-'));
  const file = join(folder, 'az');
  if (state !== 'missing') {
    writeFileSync(file, state === 'signed-in' ? givingTokens(identity) : refusing);
    chmodSync(file, 0o755);
  }
  const { PATH = '' } = process.env;
  return {
    path: state === 'missing' ? folder : `${folder}${delimiter}${PATH}`,
    remove() {
      rmSync(folder, { recursive: true });
    },
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
