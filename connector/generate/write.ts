/** `npm run connector`. */
import { main } from './commandLine.ts';

process.exitCode = main(process.argv.slice(2), console);
