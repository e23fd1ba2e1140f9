import type { Json } from './swaggerSchema.ts';

/** An Entra application on whose behalf flows call, with the users who make the connections. */
interface EntraConnection {
  readonly tenantId: string;
  /** The connector's own registration; it stands in CALLER_APP_IDS of the service. */
  readonly clientId: string;
  /** The Application ID URI of the service's registration. */
  readonly resource: string;
}

/** With a function key, or with Entra where the service says `CALLER_AUTH=entra`. */
export type Connection = 'function-key' | EntraConnection;

/** To be replaced; in this form they belong to nobody. */
export const entraPlaceholder: EntraConnection = {
  tenantId: '00000000-0000-0000-0000-000000000000',
  clientId: '00000000-0000-0000-0000-000000000000',
  resource: 'api://00000000-0000-0000-0000-000000000000',
};

const authority = 'https://login.microsoftonline.com';

/** How the definition says that calls are secured. */
export function securityOf(connection: Connection): { securityDefinitions: Json; security: readonly Json[] } {
  if (connection === 'function-key') {
    return {
      securityDefinitions: { api_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
      security: [{ api_key: [] }],
    };
  }
  const endpoint = `${authority}/${connection.tenantId}/oauth2`;
  return {
    securityDefinitions: {
      oauth2_auth: {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl: `${endpoint}/authorize`,
        tokenUrl: `${endpoint}/token`,
        scopes: {},
      },
    },
    security: [{ oauth2_auth: [] }],
  };
}

/** apiProperties.json: what a connection asks its maker for. No `stackOwner`: with it, paconn cannot update a connector. */
export function apiProperties(connection: Connection): Json {
  return {
    properties: {
      connectionParameters: connection === 'function-key' ? functionKey : entraSignIn(connection),
      iconBrandColor,
      capabilities: ['actions', 'triggers'],
      publisher: 'Contoso',
    },
  };
}

/** Also the background of icon.png: the guest in the middle of an arrow that leads back. */
export const iconBrandColor = '#0b5d57';

const functionKey: Json = {
  api_key: {
    type: 'securestring',
    uiDefinition: {
      displayName: 'Function Key',
      description: 'The function key that the administrator of the service made for your flows.',
      tooltip: 'Ask for a key of the functions, never for the host key.',
      constraints: { tabIndex: 1, clearText: false, required: 'true' },
    },
  },
};

function entraSignIn({ tenantId, clientId, resource }: EntraConnection): Json {
  return {
    token: {
      type: 'oauthSetting',
      oAuthSettings: {
        identityProvider: 'aad',
        clientId,
        scopes: [],
        redirectMode: 'Global',
        redirectUrl: 'https://global.consent.azure-apim.net/redirect',
        properties: { IsFirstParty: 'False' },
        customParameters: {
          loginUri: { value: authority },
          tenantId: { value: tenantId },
          resourceUri: { value: resource },
        },
      },
    },
  };
}
