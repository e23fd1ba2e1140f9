import { randomBytes } from 'node:crypto';

/** What a secret may be given besides its value. */
interface SecretAttributes {
  /** When the secret counts as expired. Key Vault still gives it out then. */
  expiresAt?: Date | undefined;
  /** `application/x-pem-file` or `application/x-pkcs12` for the secret half of a certificate. */
  contentType?: string | undefined;
  /** Default true; a disabled secret is refused with 403. */
  enabled?: boolean | undefined;
}

/** One version of a secret. */
export interface SecretVersion extends SecretAttributes {
  name: string;
  value: string;
  /** 32 hexadecimal digits. */
  version: string;
  enabled: boolean;
  createdAt: Date;
}

/** The secrets in the simulated vault. Names are compared without regard to case, as Key Vault does. */
export class VaultSecrets {
  readonly #versions = new Map<string, SecretVersion[]>();
  readonly #now: () => number;

  /** @param now the clock, in milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds a version, which is the current one from now on. */
  set(name: string, value: string, attributes: SecretAttributes = {}): SecretVersion {
    const version: SecretVersion = {
      ...attributes,
      name,
      value,
      version: randomBytes(16).toString('hex'),
      enabled: attributes.enabled ?? true,
      createdAt: new Date(this.#now()),
    };
    const key = name.toLowerCase();
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), version]);
    return version;
  }

  /** The named version, or the current one. */
  find(name: string, version?: string): SecretVersion | undefined {
    const versions = this.#versions.get(name.toLowerCase());
    return version === undefined ? versions?.at(-1) : versions?.find((one) => one.version === version);
  }

  /** Removes a secret with all its versions. */
  remove(name: string): void {
    this.#versions.delete(name.toLowerCase());
  }

  /** Empties the vault. */
  clear(): void {
    this.#versions.clear();
  }
}
