import { registerTimer } from '../lib/functionApp.ts';

registerTimer('checkDiscovery', '%DISCOVERY_CHECK_SCHEDULE%');
