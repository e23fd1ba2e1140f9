import { forOperations, operationNamed, productIn, type Rule } from './rule.ts';
import { operationsOf } from './swagger.ts';

const isSentenceCase = (text: string): boolean =>
  /^[A-Z]/.test(text) &&
  text
    .split(' ')
    .slice(1)
    .every((word) => !/^[A-Z][a-z]/.test(word));

/** "Connector string guidance", "Follow coding standards", "Fix Swagger Validator errors". */
export const operationRules: readonly Rule[] = [
  {
    rule: 'every operation has an operationId in PascalCase of its own',
    findings: (swagger) => {
      const ids = operationsOf(swagger).map(({ operation }) => operation.operationId ?? '');
      return ids.filter((id, index) => !/^(?:[A-Z][a-z0-9]*)+$/.test(id) || ids.indexOf(id) !== index);
    },
    brokenBy: {
      camelCase: (swagger) => (operationNamed(swagger, 'GetGuest').operationId = 'getGuest'),
      'an underscore': (swagger) => (operationNamed(swagger, 'GetGuest').operationId = 'Get_Guest'),
      'a hyphen': (swagger) => (operationNamed(swagger, 'GetGuest').operationId = 'Get-Guest'),
      'the same again': (swagger) => (operationNamed(swagger, 'GetGuest').operationId = 'RemoveGuest'),
      'no id': (swagger) => delete operationNamed(swagger, 'GetGuest').operationId,
    },
  },
  {
    rule: 'every summary is a short phrase in sentence case, of letters, digits and parentheses',
    findings: forOperations(({ operation: { summary = '' } }) => {
      const isPhrase = /^[A-Za-z0-9() ]*[A-Za-z0-9]$/.test(summary) && summary.length <= 80;
      return !(isPhrase && isSentenceCase(summary)) && `"${summary}"`;
    }),
    brokenBy: {
      'none at all': (swagger) => delete operationNamed(swagger, 'GetGuest').summary,
      'lower case': (swagger) => (operationNamed(swagger, 'GetGuest').summary = 'get guest'),
      'title case': (swagger) => (operationNamed(swagger, 'GetGuest').summary = 'Get Guest'),
      'a slash': (swagger) => (operationNamed(swagger, 'GetGuest').summary = 'Get guest/visitor'),
      'a full stop': (swagger) => (operationNamed(swagger, 'GetGuest').summary = 'Get guest.'),
      'more than 80 characters': (swagger) =>
        (operationNamed(swagger, 'GetGuest').summary = `Get guest${' and another one'.repeat(5)}`),
    },
  },
  {
    rule: 'every description is a sentence that says more than the summary, and names no product of the platform',
    findings: forOperations(({ operation: { summary, description = '' } }) => {
      const saysMore = description.replace(/\.$/, '') !== summary;
      return !(/^[A-Z][^]*\.$/.test(description) && saysMore && !productIn(description)) && `"${description}"`;
    }),
    brokenBy: {
      'none at all': (swagger) => delete operationNamed(swagger, 'GetGuest').description,
      'no full stop': (swagger) => (operationNamed(swagger, 'GetGuest').description = 'Tells the state of a guest'),
      'lower case': (swagger) => (operationNamed(swagger, 'GetGuest').description = 'tells the state of a guest.'),
      'the summary again': (swagger) => (operationNamed(swagger, 'GetGuest').description = 'Get guest.'),
      'a product': (swagger) => (operationNamed(swagger, 'GetGuest').description = 'Asks for it from Power Automate.'),
    },
  },
  {
    rule: 'every answer is described, and exactly one of them, a 200 or 201, has a schema',
    findings: forOperations(({ operation: { responses } }) => {
      const withSchema = Object.keys(responses).filter((status) => responses[status]?.schema);
      const isDescribed = Object.values(responses).every(({ description }) => /^[A-Z][^]*\.$/.test(description ?? ''));
      return !(isDescribed && /^20[01]$/.test(withSchema.join())) && `schemas with ${withSchema.join()}`;
    }),
    brokenBy: {
      'a success without a schema': (swagger) => delete operationNamed(swagger, 'GetGuest').responses['200']?.schema,
      'default as the success': (swagger) => {
        const { responses } = operationNamed(swagger, 'GetGuest');
        responses['default'] = { ...responses['200'] };
        delete responses['200'];
      },
      'default with a schema': (swagger) =>
        (operationNamed(swagger, 'GetGuest').responses['default'] = {
          description: 'What went wrong.',
          schema: { type: 'object' },
        }),
      'two schemas to choose from': (swagger) => {
        const { responses } = operationNamed(swagger, 'IssueAnonymousToken');
        responses['200'] = { ...responses['201'] };
      },
      'an answer without a word': (swagger) => (operationNamed(swagger, 'GetGuest').responses['404'] = {}),
    },
  },
  {
    rule: 'the known failures stand beside the default one',
    findings: forOperations(({ operation: { responses } }) => {
      const statuses = Object.keys(responses);
      const isComplete = 'default' in responses && statuses.some((status) => /^[45]\d\d$/.test(status));
      return !isComplete && `only ${statuses.join()}`;
    }),
    brokenBy: {
      'no default': (swagger) => delete operationNamed(swagger, 'GetGuest').responses['default'],
      'only the default': (swagger) => {
        const operation = operationNamed(swagger, 'GetGuest');
        const { 200: success, default: failure } = operation.responses;
        operation.responses = { ...(success && { 200: success }), ...(failure && { default: failure }) };
      },
    },
  },
  {
    rule: 'every path begins with a slash, has neither query nor wildcard, and differs by more than case',
    findings: ({ paths }) => {
      const all = Object.keys(paths);
      const isTwice = (path: string): boolean =>
        all.filter((other) => other.toLowerCase() === path.toLowerCase()).length > 1;
      return all.filter((path) => !/^\/[^?#*]*$/.test(path) || isTwice(path));
    },
    brokenBy: {
      'no slash': ({ paths }) => (paths['v1/more'] = {}),
      'a query': ({ paths }) => (paths['/v1/more?all=true'] = {}),
      'a wildcard': ({ paths }) => (paths['/v1/*'] = {}),
      'another case': ({ paths }) => (paths['/V1/Meetings'] = {}),
    },
  },
];
