import { createCA, createCert } from 'mkcert';

/** PEM texts: an authority to trust, and a server certificate that it issued, with its key. */
export interface Certificates {
  ca: string;
  cert: string;
  key: string;
}

/** Made at every start, so they need not last. */
const validDays = 30;

/**
 * Makes certificates for the local cloud: for the given DNS names, localhost and 127.0.0.1. They are made when it
 * starts and never committed; the authority's own key is thrown away.
 */
export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const authority = await createCA({
    organization: 'Local cloud, not to be trusted elsewhere',
    countryCode: 'XX',
    state: 'None',
    locality: 'None',
    validity: validDays,
  });
  const { cert, key } = await createCert({
    ca: authority,
    domains: [...new Set([...names, 'localhost', '127.0.0.1'])],
    validity: validDays,
  });
  return { ca: authority.cert, cert, key };
}
