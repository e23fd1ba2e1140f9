import { registerHttp } from '../lib/functionApp.ts';

registerHttp('getAnonTokenJob');
