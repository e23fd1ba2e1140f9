/** Finds known secrets in whatever form they may have slipped out in. */
export class SecretScan {
  /** By the form in which it is looked for. */
  readonly #names = new Map<string, string>();

  /** @param name says in a complaint what was found. */
  add(name: string, secret: string): void {
    if (secret.length < 12) throw new Error(`${name} is too short to be told from chance`);
    for (const form of formsOf(secret)) this.#names.set(form, name);
  }

  /** The names of the secrets that stand in the text, and of what is a secret by its looks. */
  findIn(text: string): string[] {
    const found = [...this.#names].filter(([form]) => text.includes(form)).map(([, name]) => name);
    const looks = [...looksSecret].filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
    return [...new Set([...found, ...looks])];
  }
}

const looksSecret = new Map([
  ['a JSON web token', /eyJ[\w-]{16,}\.[\w-]{8,}/],
  ['a guest token', /psat(?:=|%3d|%253d)/i],
  ['an Authorization header', /\bBearer [\w-]{8,}/],
  ['a private key', /-----BEGIN/],
  ['an account key', /AccountKey=/],
]);

function formsOf(secret: string): Set<string> {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => base64Within(bytes, offset));
  return new Set([
    secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    encoded,
    encodeURIComponent(encoded),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]);
}

/** The characters of a base64 text that stand for these bytes alone, when `offset` bytes are before them (modulo 3). */
function base64Within(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const bitsPerCharacter = 6;
  return text.slice(
    Math.ceil((offset * 8) / bitsPerCharacter),
    Math.floor(((offset + bytes.length) * 8) / bitsPerCharacter),
  );
}
