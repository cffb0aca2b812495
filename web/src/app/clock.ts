/** The server's clock, as far as this phone knows it. Its own may be wrong by years. */
import { keep, kept } from "./box.ts";

interface Comparison {
  /** How far the server is ahead, in milliseconds. */
  offset: number;
  /** When they were compared, by this phone. */
  at: number;
}

const CLOCK = "clock";

let last: Comparison | undefined;

export async function resumeClock(): Promise<void> {
  last = await kept<Comparison>(CLOCK);
}

/** Compares the clocks by an answer that was asked for at one moment and came at another. */
export async function compare(serverTime: string, askedAt: number, cameAt: number): Promise<void> {
  last = { offset: Math.round(Date.parse(serverTime) - (askedAt + cameAt) / 2), at: cameAt };
  await keep({ [CLOCK]: last });
}

/** Milliseconds since 1970 by the server, or by this phone if they never met. */
export function serverNow(): number {
  return Date.now() + (last?.offset ?? 0);
}

/** What an operation says of the clock at Save: nothing where the two never met. */
export function clockOfNow(): { clock_offset_ms?: number; clock_offset_age_s?: number } {
  if (!last) return {};
  const age = Math.floor((Date.now() - last.at) / 1000);
  // A clock that was set back since then says nothing.
  return age < 0 ? {} : { clock_offset_ms: last.offset, clock_offset_age_s: age };
}
