import { productIn, propertyAt, type Rule } from './rule.ts';
import { operationsOf, shownOf, type Swagger } from './swagger.ts';

const smallWords = ['for', 'of', 'to', 'by', 'in', 'and', 'or', 'a', 'the'];

function isTitleCase(text: string): boolean {
  const words = text.split(' ');
  return words.every((word, index) => {
    const isInside = index > 0 && index < words.length - 1;
    return /^[A-Z][A-Za-z0-9]*$/.test(word) || (isInside && smallWords.includes(word)) || /^\([a-z]+\)$/.test(word);
  });
}

const visibilities = ['important', 'advanced', 'internal'];

function visibilitiesIn(swagger: Swagger): [place: string, visibility: string | undefined][] {
  const ofOperations = operationsOf(swagger).map(
    ({ name, operation }) => [name, operation['x-ms-visibility']] as [string, string | undefined],
  );
  const ofShown = [...shownOf(swagger)].map(
    ([place, shown]) => [place, shown['x-ms-visibility']] as [string, string | undefined],
  );
  return [...ofOperations, ...ofShown];
}

/** What parameters and fields are called, and whether they are shown: "Connector string guidance". */
export const wordRules: readonly Rule[] = [
  {
    rule: 'every parameter and field has a short x-ms-summary in Title Case',
    findings: (swagger) =>
      [...shownOf(swagger)].flatMap(([place, { 'x-ms-summary': title = '' }]) =>
        isTitleCase(title) && title.length <= 80 ? [] : [`${place}: "${title}"`],
      ),
    brokenBy: {
      'none on a field': (swagger) => delete propertyAt(swagger, 'Guest.state')['x-ms-summary'],
      'none on a field of a field': (swagger) =>
        delete propertyAt(swagger, 'HealthReport.checks').items?.properties?.['name']?.['x-ms-summary'],
      'none on a parameter': (swagger) => delete swagger.parameters['GuestIDInPath']?.['x-ms-summary'],
      'sentence case': (swagger) => (propertyAt(swagger, 'Meeting.meetingUrl')['x-ms-summary'] = 'Meeting link'),
      'the name itself': (swagger) => (propertyAt(swagger, 'Meeting.meetingUrl')['x-ms-summary'] = 'meetingUrl'),
      punctuation: (swagger) => (propertyAt(swagger, 'Meeting.meetingUrl')['x-ms-summary'] = 'Meeting-URL'),
      'more than 80 characters': (swagger) =>
        (propertyAt(swagger, 'Meeting.meetingUrl')['x-ms-summary'] = 'Meeting '.repeat(11).trim()),
    },
  },
  {
    rule: 'every parameter and field is described in a sentence that is not its name',
    findings: (swagger) =>
      [...shownOf(swagger)].flatMap(([place, { 'x-ms-summary': title, description = '' }]) => {
        const isSentence = /^[A-Za-z][^]*\.$/.test(description) && description.replace(/\.$/, '') !== title;
        return isSentence && !productIn(description) ? [] : [`${place}: "${description}"`];
      }),
    brokenBy: {
      'none on a field': (swagger) => delete propertyAt(swagger, 'Guest.state').description,
      'none on a list in a list': (swagger) =>
        delete propertyAt(swagger, 'HealthReport.checks').items?.properties?.['steps']?.description,
      'no full stop': (swagger) => (propertyAt(swagger, 'Guest.state').description = 'Whether the guest is active'),
      'the name again': (swagger) => (propertyAt(swagger, 'Guest.state').description = 'State.'),
      'a product': (swagger) => (propertyAt(swagger, 'Guest.state').description = 'For Power Apps.'),
    },
  },
  {
    rule: 'visibility is important, advanced or internal',
    findings: (swagger) =>
      visibilitiesIn(swagger).flatMap(([place, visibility]) =>
        visibility === undefined || visibilities.includes(visibility) ? [] : [`${place}: ${visibility}`],
      ),
    brokenBy: {
      'a misspelt one': (swagger) => (propertyAt(swagger, 'Guest.state')['x-ms-visibility'] = 'Important'),
      none: (swagger) => (propertyAt(swagger, 'Guest.state')['x-ms-visibility'] = 'none'),
    },
  },
];
