import { registerHttp } from '../lib/functionApp.ts';

registerHttp('searchGuests');
