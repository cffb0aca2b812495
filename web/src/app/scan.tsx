/** Reading an identity card's QR code with the camera. The picture is looked at and forgotten; nothing of it is kept. */
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../words.ts";
import { type Card, readCard } from "./card.ts";
import { type Read, reader } from "./reader.ts";

const EVERY_MS = 150;

export function Scan({ read }: { read: (card: Card) => void }) {
  const [open, setOpen] = useState(false);
  const [fault, setFault] = useState<string>();
  return (
    <div class="scan">
      {open ? (
        <Camera
          close={() => setOpen(false)}
          fail={(words) => {
            setFault(words);
            setOpen(false);
          }}
          found={(payload) => {
            const card = readCard(payload);
            if (typeof card === "string") return setFault(card);
            setFault(undefined);
            setOpen(false);
            navigator.vibrate?.(80);
            read(card);
          }}
        />
      ) : (
        <button
          type="button" class="quiet"
          onClick={() => {
            setFault(undefined);
            setOpen(true);
          }}
        >
          {t("Quét mã QR trên thẻ", "Scan the card's QR code")}
        </button>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
    </div>
  );
}

interface CameraProps {
  close: () => void;
  found: (payload: string) => void;
  fail: (words: string) => void;
}

function Camera({ close, found, fail }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const on = useRef(found);
  on.current = found;
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const start = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      } catch {
        return fail(t("Chưa mở được máy ảnh. Hãy cho phép dùng máy ảnh, hoặc gõ số định danh.", "The camera did not open. Allow it, or type the number."));
      }
      let look: Read;
      try {
        look = await reader();
      } catch {
        return fail(t("Máy này chưa tải bộ đọc mã QR. Hãy quét một lần khi có mạng, hoặc gõ số định danh.", "The QR reader is not on this phone yet. Scan once with a network, or type the number."));
      }
      const element = video.current;
      if (gone || !element) return;
      element.srcObject = stream;
      await element.play().catch(() => undefined);
      const tick = async () => {
        if (gone) return;
        const payload = element.readyState >= 2 ? await look(element).catch(() => undefined) : undefined;
        if (payload && !gone) on.current(payload);
        timer = setTimeout(() => void tick(), EVERY_MS);
      };
      void tick();
    };
    void start().finally(() => {
      if (gone) stream?.getTracks().forEach((track) => track.stop());
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <>
      <video ref={video} playsInline muted aria-label={t("Hình từ máy ảnh", "Picture of the camera")} />
      <p class="soft">{t("Đưa mã QR ở góc thẻ vào khung hình. Chỉ lấy số định danh, họ tên, năm sinh, giới tính; không chụp ảnh thẻ.", "Hold the QR code in the corner of the card into the picture. Only number, name, birth year and sex are taken; no photo is.")}</p>
      <button type="button" class="quiet" onClick={close}>{t("Thôi quét", "Stop scanning")}</button>
    </>
  );
}
