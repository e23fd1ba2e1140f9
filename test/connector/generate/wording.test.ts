import { connectorDefinition } from '../../../connector/generate/definition.ts';
import { titleOf, wordedPlaces, wordingOf } from '../../../connector/generate/wording.ts';
import { operationsOf, swaggerSchema } from '../lint/swagger.ts';

test.each([
  ['meetingUrl', 'Meeting URL'],
  ['conferenceUri', 'Conference URI'],
  ['guestId', 'Guest ID'],
  ['Idempotency-Key', 'Idempotency Key'],
  ['lobbyBypassForPhoneUsers', 'Lobby Bypass for Phone Users'],
  ['expiresAt', 'Expires At'],
  ['checks', 'Checks'],
  ['latencyMs', 'Latency (ms)'],
])('%s is called %s', (name, title) => {
  expect(titleOf(name)).toBe(title);
});

test('what is said of a field in one place is not said in another', () => {
  expect(wordingOf('GuestSearch', 'meetingUrl')).toEqual({
    'x-ms-summary': 'Meeting URL',
    'x-ms-visibility': 'important',
  });
  expect(wordingOf('AnonymousToken', 'meetingUrl')).toEqual({ 'x-ms-summary': 'Meeting URL' });
});

test('nothing is worded that the contract does not have', () => {
  const definition = connectorDefinition({ host: 'join.contoso.com', connection: 'function-key' });
  const swagger = swaggerSchema.parse(JSON.parse(JSON.stringify(definition)));
  const places = [
    ...Object.entries(swagger.definitions).flatMap(([id, { properties = {} }]) =>
      Object.keys(properties).map((name) => `${id}.${name}`),
    ),
    ...operationsOf(swagger).flatMap(({ name, parameters }) => parameters.map((one) => `${name}.${one.name ?? ''}`)),
  ];
  expect([...wordedPlaces].filter((place) => !places.includes(place))).toEqual([]);
});
