import { constants, createPrivateKey, sign, verify, X509Certificate, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from './http/exchange.ts';

/** The key that signs simulated tokens, and the thumbprint by which a reader finds its certificate. */
export interface SigningCertificate {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The `x5t` header: base64url of the SHA-1 digest of the certificate (RFC 7515 §4.1.7). */
  thumbprint: string;
}

/** A JSON web token, taken apart. Nothing in it is proven until `isSignedBy` says so. */
interface WebToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Checks an RS256 or PS256 signature. */
  isSignedBy(publicKey: KeyObject): boolean;
}

/** Reads PEM texts; the simulator signs with the key of its TLS certificate. @throws Error if the key is not RSA. */
export function readSigningCertificate(pem: { key: string; cert: string }): SigningCertificate {
  const privateKey = createPrivateKey(pem.key);
  if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('tls.key must be an RSA key: it also signs tokens.');
  const certificate = new X509Certificate(pem.cert);
  return { privateKey, publicKey: certificate.publicKey, thumbprint: thumbprint(certificate.fingerprint) };
}

/** A certificate's fingerprint (`AB:CD:…`) in the form that token headers use. */
export function thumbprint(fingerprint: string): string {
  return Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
}

/** Makes an RS256 token with the header `typ`, `alg`, `x5t` and `more`; claims that are undefined are left out. */
export function signWebToken(
  claims: Record<string, unknown>,
  certificate: SigningCertificate,
  more: Record<string, string> = {},
): string {
  const header = { typ: 'JWT', alg: 'RS256', x5t: certificate.thumbprint, ...more };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), certificate.privateKey).toString('base64url')}`;
}

const jsonObject = z.record(z.string(), z.unknown());

/** Takes a token apart; undefined if it is no three-part JSON web token. */
export function readWebToken(token: string): WebToken | undefined {
  const [header, claims, signature, more] = token.split('.');
  if (!header || !claims || !signature || more !== undefined) return undefined;
  const [readHeader, readClaims] = [header, claims].map((part) =>
    jsonObject.safeParse(parseJson(Buffer.from(part, 'base64url').toString('utf8'))),
  );
  if (!readHeader?.success || !readClaims?.success) return undefined;
  return {
    header: readHeader.data,
    claims: readClaims.data,
    isSignedBy: (publicKey) => {
      const padding = paddings.get(readHeader.data['alg']);
      if (padding === undefined) return false;
      const key = { key: publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
    },
  };
}

const paddings = new Map<unknown, number>([
  ['RS256', constants.RSA_PKCS1_PADDING],
  ['PS256', constants.RSA_PKCS1_PSS_PADDING],
]);
