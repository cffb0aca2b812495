/** Taking files away: through the client, so that a refusal is told and not saved as a file. */
import { told } from "./api.ts";

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** Saves what was answered under that name. */
export async function save(call: Promise<Answer>, name: string): Promise<void> {
  const blob = (await told(call)) as Blob;
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
