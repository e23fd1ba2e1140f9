// Every TLS connection of a test trusts the test authority beside the usual ones. NODE_EXTRA_CA_CERTS would do the same,
// but only for processes that start after the authority was made.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const tls = require('node:tls');

const ca = readFileSync(join(process.env.TEST_TLS_FOLDER, 'ca.pem'), 'utf8');
const original = tls.createSecureContext;
if (!original.trustsTestAuthority) {
  tls.createSecureContext = (options) => {
    const secureContext = original(options);
    secureContext.context.addCACert(ca);
    return secureContext;
  };
  tls.createSecureContext.trustsTestAuthority = true;
}
