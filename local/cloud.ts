import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appSettings, makeLocalSecrets, seedWith } from './appSettings.ts';
import { createTables, startAzurite, type Azurite } from './azurite.ts';
import { makeCertificates } from './certificates.ts';
import { simulatorHostNames } from './simulator/hostNames.ts';
import { startSimulator, type Simulator } from './simulator/simulator.ts';

/** Everything that the service needs around it, on this machine. */
export interface Cloud {
  readonly simulator: Simulator;
  readonly azurite: Azurite;
  /** App settings for a host, NODE_EXTRA_CA_CERTS among them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The tables that deployment creates in Azure. */
export const tableNames = [
  'guests',
  'meetingGuests',
  'meetingRequests',
  'discoveryHealth',
  'healthSubscriptions',
] as const;

/** Starts storage and simulator. @param tablesOnly false: all of Azurite, as Core Tools needs it. */
export async function startCloud({ tablesOnly = true } = {}): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), 'anonymous-join-'));
  const caFile = join(folder, 'ca.pem');
  const [tls, azurite] = await Promise.all([makeCertificates(simulatorHostNames), startAzurite({ tablesOnly })]);
  writeFileSync(caFile, tls.ca);
  const simulator = await startSimulator({ tls, seed: seedWith(makeLocalSecrets()) });
  const connectionString = azurite.connectionString();
  await createTables(connectionString, tableNames);

  return {
    simulator,
    azurite,
    environment: {
      ...appSettings(simulator, connectionString),
      AzureWebJobsStorage: connectionString,
      NODE_EXTRA_CA_CERTS: caFile,
    },
    async stop() {
      await Promise.all([simulator.stop(), azurite.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
