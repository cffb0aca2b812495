/** Reading an identity card's QR code with the camera. */
import { useEffect, useState } from "preact/hooks";

import { Loading } from "../kit.tsx";
import { t } from "../words.ts";
import type { CameraProps } from "./camera.tsx";
import type { Card } from "./card.ts";
import { useMore } from "./later.tsx";

export const NO_READER = t("Máy này chưa tải bộ đọc mã QR. Hãy quét một lần khi có mạng, hoặc gõ số định danh.", "The QR reader is not on this phone yet. Scan once with a network, or type the number.");

export function Scan({ read }: { read: (card: Card) => void }) {
  const [open, setOpen] = useState(false);
  const [fault, setFault] = useState<string>();
  const end = (words?: string) => {
    setFault(words);
    setOpen(false);
  };
  return (
    <div class="scan">
      {open ? (
        <Fetched
          close={() => setOpen(false)} refuse={setFault} fail={end}
          read={(card) => {
            end();
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

/** The camera is among the parts that come after the first screens. */
function Fetched(props: CameraProps) {
  const { more, why } = useMore();
  useEffect(() => {
    if (why !== undefined) props.fail(NO_READER);
  }, [why]);
  return more ? <more.Camera {...props} /> : <Loading />;
}
