import { productIn, type Rule } from './rule.ts';

const categories = [
  ...['AI', 'Business Management', 'Business Intelligence', 'Collaboration', 'Commerce', 'Communication', 'Data'],
  ...['Content and Files', 'Finance', 'Human Resources', 'Internet of Things', 'IT Operations', 'Marketing'],
  ...['Lifestyle and Entertainment', 'Productivity', 'Sales and CRM', 'Security', 'Social Media', 'Website'],
];

const isUrl = (text: string): boolean => URL.canParse(text) && text.startsWith('https://');

/** "Connector string guidance", "Verified publisher certification process", "Follow coding standards". */
export const infoRules: readonly Rule[] = [
  {
    rule: 'the version of the format is 2.0',
    findings: ({ swagger }) => (swagger === '2.0' ? [] : [`swagger is ${String(swagger)}`]),
    brokenBy: { 'another version': (swagger) => (swagger.swagger = '3.0') },
  },
  {
    rule: 'the title is short, ends in a letter or digit, and names no API, connector or product of the platform',
    findings: ({ info: { title } }) => [
      ...(title.length >= 1 && title.length <= 30 ? [] : [`"${title}" has ${title.length} characters`]),
      ...(/[A-Za-z0-9]$/.test(title) ? [] : [`"${title}" does not end in a letter or digit`]),
      ...(/\b(?:api|connector)\b/i.test(title) || productIn(title) ? [`"${title}" has a restricted word`] : []),
    ],
    brokenBy: {
      'a long title': ({ info }) => (info.title = 'Anonymous Join for Remote Advice'),
      'a dot at the end': ({ info }) => (info.title += '.'),
      API: ({ info }) => (info.title = 'Anonymous Join API'),
      'a product': ({ info }) => (info.title = 'Join for Power Apps'),
    },
  },
  {
    rule: 'the description has 30 to 500 characters and names no API or product of the platform',
    findings: ({ info: { description } }) => [
      ...(description.length >= 30 && description.length <= 500 ? [] : [`it has ${description.length} characters`]),
      ...(/\bapi\b/i.test(description) || productIn(description) ? ['it has a restricted word'] : []),
    ],
    brokenBy: {
      'a short one': ({ info }) => (info.description = 'Joins meetings.'),
      'a long one': ({ info }) => (info.description = 'Join. '.repeat(100)),
      API: ({ info }) => (info.description += ' An API.'),
      'a product': ({ info }) => (info.description += ' For Power Automate.'),
    },
  },
  {
    rule: 'the contact has a name, a URL and an e-mail address',
    findings: ({ info: { contact } }) => [
      ...(contact['name'] ? [] : ['no name']),
      ...(isUrl(contact['url'] ?? '') ? [] : ['no URL']),
      ...(/^[\w.-]+@[\w.-]+$/.test(contact['email'] ?? '') ? [] : ['no e-mail address']),
    ],
    brokenBy: {
      'no name': ({ info }) => delete info.contact['name'],
      'half a URL': ({ info }) => (info.contact['url'] = 'www.contoso.com'),
      'no address': ({ info }) => (info.contact['email'] = 'support'),
    },
  },
  {
    rule: 'website, privacy policy and at most two of the known categories are given',
    findings: (swagger) => {
      const metadata = swagger['x-ms-connector-metadata'];
      const value = (name: string): string =>
        metadata.find(({ propertyName }) => propertyName === name)?.propertyValue ?? '';
      const named = value('Categories').split(';');
      return [
        ...['Website', 'Privacy policy'].filter((name) => !isUrl(value(name))),
        ...(named.length <= 2 && named.every((name) => categories.includes(name))
          ? []
          : [`categories ${named.join()}`]),
      ];
    },
    brokenBy: {
      'no privacy policy': (swagger) => swagger['x-ms-connector-metadata'].splice(1, 1),
      'a category of its own': (swagger) =>
        swagger['x-ms-connector-metadata'].splice(2, 1, { propertyName: 'Categories', propertyValue: 'Meetings' }),
      'three categories': (swagger) =>
        swagger['x-ms-connector-metadata'].splice(2, 1, {
          propertyName: 'Categories',
          propertyValue: 'AI;Data;Commerce',
        }),
    },
  },
  {
    rule: 'the host is a bare name, the base path begins with a slash, and only https and JSON are spoken',
    findings: ({ host, basePath, schemes, consumes }) => [
      ...(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host) ? [] : [`host ${host}`]),
      ...(/^\/(?:.*[^/])?$/.test(basePath) ? [] : [`basePath ${basePath}`]),
      ...(schemes.join() === 'https' ? [] : [`schemes ${schemes.join()}`]),
      ...(consumes.join() === 'application/json' ? [] : [`consumes ${consumes.join()}`]),
    ],
    brokenBy: {
      'a URL': (swagger) => (swagger.host = 'https://join.contoso.com'),
      'a path': (swagger) => (swagger.basePath = 'api'),
      http: (swagger) => swagger.schemes.push('http'),
      'nothing consumed': (swagger) => (swagger.consumes = []),
    },
  },
  {
    rule: 'what secures the calls is defined, and is one thing',
    findings: ({ security, securityDefinitions }) => {
      const required = security.flatMap((one) => Object.keys(one));
      const defined = Object.keys(securityDefinitions);
      return required.length === 1 && required.join() === defined.join()
        ? []
        : [`${required.join()} of ${defined.join()}`];
    },
    brokenBy: {
      'an unknown requirement': (swagger) => (swagger.security = [{ other: [] }]),
      'no requirement': (swagger) => (swagger.security = []),
      'a second definition': (swagger) => (swagger.securityDefinitions['basic'] = { type: 'basic' }),
    },
  },
];
