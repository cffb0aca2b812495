/** What reads a QR code in a picture: the browser itself where it can, else a reader in WebAssembly. */
export type Read = (source: HTMLVideoElement) => Promise<string | undefined>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** Ours, and what it fetches. */
export const SCANNER = ["/assets/app-scan.js", "/assets/app-scan.wasm"];

/** The browser's own, if it knows this kind of code. */
export async function ownReader(): Promise<Read | undefined> {
  const own = (self as unknown as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!own || !(await own.getSupportedFormats().catch((): string[] => [])).includes("qr_code")) return undefined;
  const detector = new own({ formats: ["qr_code"] });
  return async (source) => (await detector.detect(source))[0]?.rawValue;
}

export async function reader(): Promise<Read> {
  const own = await ownReader();
  if (own) return own;
  const [address] = SCANNER;
  const { read } = (await import(/* @vite-ignore */ address!)) as { read: Read };
  return read;
}
