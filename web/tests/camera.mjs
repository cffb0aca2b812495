// A camera that sees one QR code, for the tests of scanning.
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

import { startBrowser } from "./pages.mjs";

/** A film of one QR code, as a camera would send it: YUV4MPEG2. */
async function film(text) {
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"));
  prepareZXingModule({ overrides: { wasmBinary } });
  const { symbol } = await writeBarcode(text, { format: "QRCode" });
  const [width, height] = [640, 480];
  const scale = Math.floor((height * 0.8) / symbol.height);
  const [left, top] = [(width - symbol.width * scale) >> 1, (height - symbol.height * scale) >> 1];
  const light = Buffer.alloc(width * height, 235);
  for (let y = 0; y < symbol.height * scale; y += 1)
    for (let x = 0; x < symbol.width * scale; x += 1)
      if (symbol.data[Math.floor(y / scale) * symbol.width + Math.floor(x / scale)] < 128) light[(top + y) * width + left + x] = 16;
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420mpeg2\nFRAME\n`), light, Buffer.alloc((width * height) / 2, 128)]);
}

/** What the QR code of somebody's identity card says. */
export const cardOf = (id, name) => `${id}|264123456|${name}|05061990|Nữ|Thôn Ẩn Danh, Xã Bác Ái Tây|01072023`;

/** A browser before whose camera lies a card with this code. */
export async function browserSeeing(t, text) {
  const folder = await mkdtemp(join(tmpdir(), "to06-film-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "card.y4m");
  await writeFile(path, await film(text));
  const browser = await startBrowser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${path}`);
  t.after(() => browser.close());
  return browser;
}
