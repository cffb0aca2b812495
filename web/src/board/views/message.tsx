/** The day as a message for the group chat, and as a picture: where results are read in the evening. */
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../../words.ts";
import { spell } from "../state.ts";
import { drawCard, HEIGHT, WIDTH } from "./card.ts";
import type { Brief } from "./today.tsx";

export function Message({ brief }: { brief: Brief }) {
  const text = useRef<HTMLTextAreaElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const [said, say] = useState("");
  useEffect(() => say(""), [brief.text]);
  useEffect(() => drawCard(picture.current!, brief), [brief]);
  const copy = async () => {
    text.current!.select();
    try {
      await navigator.clipboard.writeText(brief.text);
      say(t("Đã chép: dán vào nhóm là xong.", "Copied: paste it into the group."));
    } catch {
      // Without TLS a page may not write there; what is selected can be copied by hand.
      say(t("Đã chọn sẵn: bấm Ctrl+C, hoặc giữ rồi Sao chép.", "It is selected: press Ctrl+C, or hold and copy."));
    }
  };
  return (
    <section class="panel on-screen" aria-labelledby="message">
      <h2 id="message">{t("Tin gửi nhóm Zalo", "Message for the group")}</h2>
      <textarea ref={text} class="message" lang="vi" readOnly rows={14} aria-label={t("Nội dung tin", "The message")} value={brief.text} />
      <div class="deeds">
        <button type="button" onClick={() => void copy()}>{t("Chép tin", "Copy it")}</button>
        <button type="button" class="quiet" onClick={() => save(picture.current!, `tin-${brief.on}.png`, say)}>{t("Lưu ảnh (PNG)", "Save as PNG")}</button>
      </div>
      <p class="soft" role="status">{said || t(`${spell(brief.text.length)} ký tự. Chỉ có đơn vị và con số, không có tên ai.`, `${spell(brief.text.length)} characters. Units and numbers, nobody's name.`)}</p>
      <canvas ref={picture} class="card" width={WIDTH} height={HEIGHT} role="img" aria-label={t("Ảnh của tin ở trên", "A picture of the message")} />
    </section>
  );
}

/** Drawn by this browser from what it was told: nothing is fetched for it. */
function save(canvas: HTMLCanvasElement, name: string, say: (sentence: string) => void): void {
  canvas.toBlob((blob) => {
    if (!blob) return say(t("Trình duyệt này không lưu được ảnh: hãy chụp màn hình.", "This browser cannot save it: take a screenshot."));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    // The browser has taken it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say(t("Đã lưu ảnh.", "The picture is saved."));
  }, "image/png");
}
