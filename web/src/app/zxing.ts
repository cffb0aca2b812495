/** Reads a QR code where the browser has no reader of its own: zxing in WebAssembly, fetched when first needed. */
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import address from "zxing-wasm/reader/zxing_reader.wasm?url";

prepareZXingModule({ overrides: { locateFile: () => address } });

/** Larger pictures cost time and show no more of a code that fills a third of them. */
const WIDTH_MAX = 960;

const canvas = document.createElement("canvas");

/** What the code in this moment's picture says, if there is one. The picture is gone with the next. */
export async function read(source: HTMLVideoElement): Promise<string | undefined> {
  const scale = Math.min(1, WIDTH_MAX / source.videoWidth);
  canvas.width = Math.round(source.videoWidth * scale);
  canvas.height = Math.round(source.videoHeight * scale);
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (!drawing || canvas.width === 0) return undefined;
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  const picture = drawing.getImageData(0, 0, canvas.width, canvas.height);
  const found = await readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
  return found[0]?.text;
}
