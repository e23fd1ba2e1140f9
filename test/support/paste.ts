import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The variables that a pasted line refers to. */
export type Variables = Readonly<Record<string, string>>;

/** Runs a curl line as a person would paste it; without curl, the same request by fetch. Gives the body: `{}` if it is empty. */
export async function paste(line: string, variables: Variables = {}): Promise<Record<string, unknown>> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { env: { ...process.env, ...variables } });
    return parse(stdout);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 127) throw error;
    return parse(await fetched(line, variables));
  }
}

const parse = (body: string): Record<string, unknown> =>
  body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);

/** The body that a curl line gets, without curl: of its options those that the project's lines have. */
export async function fetched(line: string, variables: Variables = {}): Promise<string> {
  const [curl, ...words] = wordsOf(line, variables);
  if (curl !== 'curl') throw new Error(`not a curl line: ${line}`);
  const headers: [string, string][] = [];
  let [url, method, body]: (string | undefined)[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (word === '-s') continue;
    if (word === '-X') method = words.shift();
    else if (word === '-d') body = words.shift();
    else if (word === '-H') headers.push((words.shift() ?? '').split(/: (.*)/s, 2) as [string, string]);
    else if (word.startsWith('-')) throw new Error(`fetch does not know ${word}`);
    else url = word;
  }
  const response = await fetch(url ?? '', {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
  });
  return response.text();
}

/** The words that a shell makes of a line: quotes, variables outside single ones, and lines that go on. */
function wordsOf(line: string, variables: Variables): string[] {
  const expand = (text: string): string => text.replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? '');
  const words = line.replaceAll(/\\\n/g, ' ').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"|([^'"]+)/g,
      (_, literal?: string, quoted?: string, bare?: string) => literal ?? expand(quoted ?? bare ?? ''),
    ),
  );
}
