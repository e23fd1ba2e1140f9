import type { TrustedApplicationSettings } from './settings.ts';
import type { Advice } from '../examination.ts';
import { adminConsent, skypeForBusinessOnline } from './permissions.ts';

/** The parts of an advice that depend on the configuration. */
interface Named {
  readonly tenantId: string;
  readonly clientId: string;
  readonly audience: string;
  /** The vault's name of the client secret or certificate. */
  readonly secretName: string;
  readonly consent: string;
}

type Words = (named: Named) => readonly [reason: string, nextStep: string];

const newSecret: (named: Named) => string = ({ clientId, secretName }) =>
  `Make a new one (az ad app credential reset --id ${clientId} --append shows it once) and put its value into the vault as ${secretName}.`;
const noTenant: Words = ({ tenantId }) => [
  `there is no tenant ${tenantId}`,
  'Correct ENTRA_TENANT_ID: az account show --query tenantId',
];
const notConsented: Words = ({ consent }) => [
  'an administrator of the tenant has not consented to the application',
  `Consent as an administrator of the tenant: ${consent}`,
];
const noPlatform: Words = ({ audience, tenantId }) => [
  `the platform is not known by the audience ${audience} in the tenant ${tenantId}`,
  `Correct TRUSTED_APPLICATION_AUDIENCE (the origin of the discover URL, or ${skypeForBusinessOnline}); if it is right, the tenant has no Skype for Business Online: az ad sp show --id ${skypeForBusinessOnline}`,
];
const wrongCertificate: Words = ({ clientId, secretName }) => [
  'the application does not know the certificate',
  `Add the certificate that the vault has as ${secretName} to the application: az ad app credential reset --id ${clientId} --cert @app.pem --append`,
];
const passing: Words = () => ['it is out of order for the moment', 'Run the doctor again in a minute.'];

// learn.microsoft.com/entra/identity-platform/reference-error-codes
const words: Readonly<Partial<Record<number, Words>>> = {
  7000215: (named) => [
    'the client secret is wrong',
    `Often the secret's id was taken for its value. ${newSecret(named)}`,
  ],
  7000222: (named) => ['the client secret has expired', newSecret(named)],
  700016: ({ clientId, tenantId, consent }) => [
    `there is no application ${clientId} in the tenant ${tenantId}`,
    `Correct ENTRA_CLIENT_ID or ENTRA_TENANT_ID; an application of another tenant needs consent in this one: ${consent}`,
  ],
  7000112: ({ clientId }) => [
    'the application is disabled',
    `Enable it: az ad sp update --id ${clientId} --set accountEnabled=true`,
  ],
  7000229: notConsented,
  65001: notConsented,
  650057: notConsented,
  501051: notConsented,
  90002: noTenant,
  900023: noTenant,
  500011: noPlatform,
  1002012: noPlatform,
  700027: wrongCertificate,
  7000214: wrongCertificate,
  700024: () => [
    'the assertion made with the certificate is not within its time',
    'Set the clock of this machine by a time server (see the check "clock").',
  ],
  53003: () => [
    'a Conditional Access policy for workload identities blocks the application',
    'Let the policy except the application, or the addresses that the app calls from.',
  ],
  90033: passing,
  50196: passing,
};

/** What a number of Entra's means for this configuration. Nothing of its text is used. */
export function aadstsAdvice(number: number, { entra, audience }: TrustedApplicationSettings): Advice {
  const { tenantId, clientId, credential } = entra;
  const named = { tenantId, clientId, audience, secretName: credential.name, consent: adminConsent(entra) };
  const [reason, nextStep] = words[number]?.(named) ?? [
    'for a reason that the doctor does not know',
    `Look the number up: https://login.microsoftonline.com/error?code=${number}`,
  ];
  return { reason: `Entra ID gives no token (AADSTS${number}): ${reason}.`, nextStep };
}
