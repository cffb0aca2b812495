/**
 * The contract of Tổ 06 for TypeScript: every path, body and answer typed from the document, and one
 * way in which things go wrong.
 *
 * `schema.ts` is generated (`npm run generate`); everything here is written by hand.
 */
import createFetch from "openapi-fetch";

import type { components, paths } from "./schema.ts";

export type { components, operations, paths } from "./schema.ts";
export * from "./device.ts";
export * from "./sealing.ts";
export * from "./sync.ts";

/** The types of the document by their names. */
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export interface Options {
  /** Where the server is, as `https://to06.example`, without a path. */
  origin: string;
  /** Name and version of the app, as `to06-web/1.8.2`: tells which versions are still in use. */
  name: string;
  /** The access token of the moment; `undefined` speaks as a stranger. */
  token?: () => string | undefined;
  /** In which language refusals are told. */
  language?: "vi" | "en";
  /** Longest wait for one answer, in milliseconds. */
  timeoutMs?: number;
  /** For tests. */
  fetch?: typeof globalThis.fetch;
}

/** The server's refusal: decide by `problem.type`, show `problem.title` and `problem.detail`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }

  /** The last part of the problem's type, as the error catalogue lists it. */
  get code(): string {
    return this.problem.type.split("/").at(-1) ?? "";
  }

  /** Whether the very same request may succeed later, and in how many seconds. */
  get retryAfterS(): number | undefined {
    const waits = [408, 429, 503].includes(this.problem.status);
    return this.problem.retry_after_s ?? (waits ? 5 : undefined);
  }
}

/** No answer came: nobody knows what became of the request. Send the same again, under the same key. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  /** Where a proxy answered in the server's place and said so: not before then, in seconds. */
  readonly retryAfterS: number | undefined;

  constructor(message?: string, options?: ErrorOptions & { retryAfterS?: number | undefined }) {
    super(message, options);
    this.retryAfterS = options?.retryAfterS;
  }
}

const TIMEOUT_MS = 20_000;

/** A client whose calls are typed by the document: `await told(api.GET("/api/v1/meta"))`. */
export function createClient(options: Options) {
  const client = createFetch<paths>({
    baseUrl: options.origin,
    ...(options.fetch && { fetch: options.fetch }),
  });
  client.use({
    onRequest({ request }) {
      const headers = new Headers(request.headers);
      headers.set("Accept-Language", options.language ?? "vi");
      headers.set("X-Client", options.name);
      const token = options.token?.();
      if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
      const signal = inTime(request.signal, options.timeoutMs ?? TIMEOUT_MS);
      return new Request(request, { headers, signal });
    },
    onError({ error }) {
      return new Unreachable("No answer came.", { cause: error });
    },
  });
  return client;
}

/** Ends with the caller's signal or when the time is over. `AbortSignal.any` is younger than many phones. */
function inTime(given: AbortSignal, timeoutMs: number): AbortSignal {
  const both = new AbortController();
  const timer = setTimeout(() => both.abort(new DOMException("No answer in time.", "TimeoutError")), timeoutMs);
  // Where a timer keeps a program alive, this one does not.
  (timer as { unref?: () => void }).unref?.();
  if (given.aborted) both.abort(given.reason);
  given.addEventListener("abort", () => both.abort(given.reason), { once: true });
  return both.signal;
}

export type Client = ReturnType<typeof createClient>;

interface Answer<Told> {
  data?: Told;
  error?: unknown;
  response: Response;
}

/**
 * What was answered, or an exception: {@link Refused} for what the server refused, {@link Unreachable}
 * for everything else. An answer without a body is `undefined`.
 */
export async function told<Told>(call: Promise<Answer<Told>>): Promise<Told> {
  const { data, error, response } = await call;
  if (response.ok) return data as Told;
  if (isProblem(error)) throw new Refused(error);
  // A proxy's page, a captive portal: not the server's word.
  throw new Unreachable(`An answer ${response.status} that is not the server's.`, { retryAfterS: waitOf(response.headers) });
}

/** `Retry-After` in seconds: it is a number of them, or a moment by the clock that stands beside it. */
function waitOf(headers: Headers): number | undefined {
  const said = headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.parse(headers.get("Date") ?? "")) / 1000;
  return seconds > 0 ? seconds : undefined;
}

export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { type, title, status } = value as Partial<Problem>;
  return typeof type === "string" && typeof title === "string" && typeof status === "number";
}
