/** One control. */
export interface ControlRoute {
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Its group, if it has one, is the name of what is changed. */
  path: RegExp;
  /**
   * The answer's body, or nothing for a 204. @throws ZodError if the name or the body is not valid; {@link NotThere}
   */
  run(name: string, body: unknown): unknown;
}

/** What was named is not there. */
export class NotThere extends Error {}
