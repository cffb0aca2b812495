/** The camera, until it has seen the QR code of an identity card. The picture is looked at and forgotten; nothing of it is kept. */
import { useEffect, useRef } from "preact/hooks";

import { t } from "../words.ts";
import { type Card, readCard } from "./card.ts";
import { type Read, reader } from "./reader.ts";
import { NO_READER } from "./scan.tsx";

const EVERY_MS = 150;

export interface CameraProps {
  close: () => void;
  read: (card: Card) => void;
  /** A code was seen that is no identity card's. */
  refuse: (words: string) => void;
  /** It cannot be used here. */
  fail: (words: string) => void;
}

export function Camera({ close, read, refuse, fail }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const on = useRef<(payload: string) => void>(() => undefined);
  on.current = (payload) => {
    const card = readCard(payload);
    if (typeof card === "string") return refuse(card);
    navigator.vibrate?.(80);
    read(card);
  };
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
        return fail(NO_READER);
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
