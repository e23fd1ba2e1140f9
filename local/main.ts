/** `npm start`, `npm run demo` and `npm run cloud`: `tsx local/main.ts start|demo|cloud`. */
import { runCloudForCoreTools } from './cloudForCoreTools.ts';
import { runDemo } from './demo.ts';
import { runStart } from './start.ts';
import { untilInterrupted } from './untilInterrupted.ts';

const log = (text: string): void => {
  console.log(text);
};

switch (process.argv[2]) {
  case 'start':
    await runStart({
      port: Number(process.env['PORT'] ?? 7071),
      functionKey: process.env['FUNCTION_KEY'],
      log,
      echo: (text, stream) => process[stream].write(text),
      interrupted: untilInterrupted(),
    });
    break;
  case 'demo':
    process.exitCode = await runDemo({ log, error: console.error });
    break;
  case 'cloud':
    await runCloudForCoreTools({ log, interrupted: untilInterrupted() });
    break;
  default:
    console.error('Use npm start, npm run demo or npm run cloud.');
    process.exitCode = 2;
}
