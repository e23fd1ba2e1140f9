import { sipDomains, type SipDomain } from '../hostNames.ts';
import type { World } from '../world.ts';
import {
  behaviourSchema,
  clockSchema,
  deploymentSchema,
  downSchema,
  entraSchema,
  faultSchema,
  meetingsSchema,
  operationSchema,
  secretNameSchema,
  secretSchema,
  serviceSchema,
  sipDomainSchema,
} from './controlSchemas.ts';
import type { ControlRoute } from './controlRoute.ts';
import { meetingControls } from './meetingControls.ts';

/** Every control of the world. */
export function controlRoutes(world: World): ControlRoute[] {
  return [
    ...meetingControls(world),
    { method: 'GET', path: /^\/state$/, run: () => state(world) },
    {
      method: 'PATCH',
      path: /^\/platform$/,
      run: (_, body) => {
        Object.assign(world.platform, behaviourSchema.parse(body));
        return behaviour(world);
      },
    },
    {
      method: 'PATCH',
      path: /^\/on-premises\/([^/]+)$/,
      run: (name, body) => {
        const domain = sipDomainSchema.parse(name);
        Object.assign(world.onPremises.behaviour[domain], deploymentSchema.parse(body));
        return deployment(world, domain);
      },
    },
    {
      method: 'PUT',
      path: /^\/on-premises\/meetings$/,
      run: (_, body) => {
        world.onPremises.meetings = meetingsSchema.parse(body);
      },
    },
    {
      method: 'PUT',
      path: /^\/faults\/([^/]+)$/,
      run: (name, body) => {
        world.faults.set(operationSchema.parse(name), faultSchema.parse(body));
      },
    },
    {
      method: 'DELETE',
      path: /^\/faults\/([^/]+)$/,
      run: (name) => {
        world.faults.clear(operationSchema.parse(name));
      },
    },
    {
      method: 'PUT',
      path: /^\/services\/([^/]+)$/,
      run: (name, body) => world.faults.down(serviceSchema.parse(name), downSchema.parse(body).down),
    },
    {
      method: 'PUT',
      path: /^\/secrets\/([^/]+)$/,
      run: (name, body) => {
        const { value, ...attributes } = secretSchema.parse(body);
        world.secrets.set(secretNameSchema.parse(name), value, attributes);
      },
    },
    {
      method: 'DELETE',
      path: /^\/secrets\/([^/]+)$/,
      run: (name) => {
        world.secrets.remove(secretNameSchema.parse(name));
      },
    },
    {
      method: 'PUT',
      path: /^\/entra$/,
      run: (_, body) => {
        const { revokeIssuedTokens, ...settings } = entraSchema.parse(body);
        Object.assign(world.entra, settings);
        if (revokeIssuedTokens) world.entra.revokeIssuedTokens();
      },
    },
    {
      method: 'POST',
      path: /^\/clock$/,
      run: (_, body) => {
        world.clock.advance(clockSchema.parse(body).advanceMs);
        return { now: world.now() };
      },
    },
    { method: 'GET', path: /^\/calls$/, run: () => world.calls },
    {
      method: 'DELETE',
      path: /^\/calls$/,
      run: () => {
        world.calls.length = 0;
      },
    },
    { method: 'GET', path: /^\/alerts$/, run: () => world.alerts },
    { method: 'POST', path: /^\/reset$/, run: () => world.reset() },
  ];
}

function state(world: World): Record<string, unknown> {
  return {
    now: world.now(),
    platform: behaviour(world),
    onPremises: Object.fromEntries(sipDomains.map((domain) => [domain, deployment(world, domain)])),
    meetings: world.meetings.behaviour,
    faults: world.faults.active,
    servicesDown: world.faults.servicesDown,
    counts: world.counts(),
  };
}

/** The behaviour without the accounts' passwords. */
function deployment({ onPremises }: World, domain: SipDomain): Record<string, unknown> {
  return { ...onPremises.behaviour[domain], accounts: undefined };
}

/** The behaviour without the records of issued tokens and created meetings. */
function behaviour({ platform }: World): Record<string, unknown> {
  return { ...platform, issued: undefined, meetings: undefined };
}
