import { registerTimer } from '../lib/functionApp.ts';

registerTimer('purgeGuests', '%PURGE_SCHEDULE%');
