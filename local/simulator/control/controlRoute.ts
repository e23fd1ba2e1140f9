/** One control. */
export interface ControlRoute {
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Its group, if there is one, is the name of what is changed. */
  path: RegExp;
  /**
   * The answer's body, or nothing for a 204. @throws ZodError if the name or the body is not valid; {@link NotThere}
   */
  run(name: string, body: unknown): unknown;
}

/** There is nothing with the name that was given. */
export class NotThere extends Error {}
