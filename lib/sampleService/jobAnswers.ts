/** An answer as it goes over the wire. */
export interface JobAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the framework of the sample service made: results, and its own errors. */
export function json(status: number, body: Readonly<Record<string, string>>): JobAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

/** An error of the framework itself. */
export function frameworkError(status: number, message: string): JobAnswer {
  return json(status, { Message: message });
}

/** What its controllers wrote into an answer themselves: they named no charset. */
export function ownText(status: number, body: string): JobAnswer {
  return { status, contentType: 'application/json', body };
}

/** An error of the controller for tokens. */
export function ownError(status: number, message: string): JobAnswer {
  return ownText(status, JSON.stringify({ Error: message }));
}
