import { build } from 'esbuild';

/** The client in one file, as a web page would load it, and what went into it. */
export interface Bundle {
  readonly code: string;
  readonly inputs: readonly string[];
  readonly imports: readonly string[];
}

/** Bundles a module for browsers; fails for anything that only Node has. @param contents without them: the client itself */
export async function bundleForBrowsers(
  format: 'iife' | 'esm',
  contents = "export * from './client.ts';",
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: 'client', loader: 'ts' },
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format,
    ...(format === 'iife' && { globalName: 'anonymousJoin' }),
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  return {
    code: outputFiles[0]?.text ?? '',
    inputs: Object.keys(output?.inputs ?? {}),
    imports: output?.imports.map(({ path }) => path) ?? [],
  };
}
