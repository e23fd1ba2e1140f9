/** Who calls: a holder of a function key, an application that has proved itself with Entra, or nobody in particular. */
export type Caller =
  | { readonly kind: 'function-key' }
  /** By the client id of the application, in lower case. */
  | { readonly kind: 'application'; readonly appId: string }
  | { readonly kind: 'nobody' };

/** All holders of function keys are one caller, because the host does not say whose key it was. */
export const functionKeyHolder: Caller = { kind: 'function-key' };
export const nobody: Caller = { kind: 'nobody' };

/** What a row keeps of its caller: the application's id; undefined for all others, who are one. */
export function ownerOf(caller: Caller): string | undefined {
  return caller.kind === 'application' ? caller.appId : undefined;
}
