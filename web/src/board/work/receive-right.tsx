/** Receiving what somebody asks about their data: by the card in their hand, or without one, somebody of a village's lists. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { t } from "../../words.ts";
import { Failed } from "../admin/pieces.tsx";
import { labelOf, nameOfUnit, useUnits } from "../admin/units.ts";
import { FromLists, type Listed, nameOfListed } from "../from-lists.tsx";
import { KINDS } from "./rights.tsx";

type Asks = Schemas["ReceiveRightsRequest"];

export function Receive() {
  const [by, setBy] = useState<"card" | "list">("card");
  const [kind, setKind] = useState<Schemas["RightsKind"]>("access");
  const [card, setCard] = useState("");
  const [person, setPerson] = useState<Listed>();
  const [words, setWords] = useState("");
  const [received, setReceived] = useState<Schemas["ReceivedRightsRequest"]>();
  const { busy, why, run, forget } = useDeed();
  const anew = <Value,>(set: (value: Value) => void) => (value: Value) => {
    set(value);
    setReceived(undefined);
    forget();
  };
  const whose = (): Pick<Asks, "card_number" | "recorded_person_id"> => (by === "card" ? { card_number: card.trim() } : { recorded_person_id: person?.person_id });
  return (
    <section class="panel" aria-labelledby="receive">
      <h2 id="receive">{t("Nhận một yêu cầu", "Receive a request")}</h2>
      <p class="soft">{t("Người dân đứng trước mặt. Số thẻ không được lưu; câu trả lời không nói có giữ gì của họ hay không.", "The person stands there. The number of a card is not kept, and the answer does not say whether anything is kept of them.")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            setReceived(await told(api.POST("/api/v1/rights-requests", { body: { kind, ...whose(), words: words.trim() || undefined } })));
            setCard("");
            setPerson(undefined);
            setWords("");
          });
        }}
      >
        <Trouble why={why} />
        <Choice id="right-kind" label={t("Yêu cầu gì", "What they ask for")} value={kind} chosen={anew((word: string) => setKind(word as typeof kind))}>{KINDS.map(([word, name]) => <option key={word} value={word}>{name}</option>)}</Choice>
        {may("read_worklists") && (
          <Choice id="right-by" label={t("Nhận ra họ bằng gì", "How are they known")} value={by} chosen={anew((word: string) => setBy(word as typeof by))}>
            <option value="card">{t("thẻ cầm trên tay", "the card in hand")}</option>
            <option value="list">{t("không có thẻ, có trong danh sách của thôn", "no card, but on a list of the village")}</option>
          </Choice>
        )}
        {by === "card" ? (
          <Field id="right-card" label={t("Số trên thẻ đang cầm", "The number on the card")} value={card} typed={anew(setCard)} inputMode="numeric" autocomplete="off" required maxLength={50} fault={faultAt(why, "/card_number")} />
        ) : <Known person={person} pick={anew(setPerson)} fault={faultAt(why, "/recorded_person_id")} />}
        <Field id="right-words" label={t("Cụ thể: sai chỗ nào, phản đối gì (nếu có)", "What exactly: which word is wrong, what they object to (if any)")} value={words} typed={anew(setWords)} maxLength={500} fault={faultAt(why, "/words")} />
        <div class="deeds"><button disabled={busy || (by === "list" && !person)}>{t("Ghi nhận", "Receive it")}</button></div>
      </form>
      <div role="status">
        {received && (
          <div class="notice">
            <p><strong>{t("Đã ghi nhận. Đọc cho người dân nghe:", "It is received. Read this out:")}</strong></p>
            <p lang="vi">{received.procedure}</p>
          </div>
        )}
      </div>
    </section>
  );
}

interface KnownProps {
  person: Listed | undefined;
  pick: (person: Listed | undefined) => void;
  fault: string | undefined;
}

/** Somebody without a card, whom whoever receives knows by face; who they are is looked at again before anything is done. */
function Known({ person, pick, fault }: KnownProps) {
  const units = useUnits();
  if (!units.told) return units.why === undefined ? <Loading /> : <Failed why={units.why} again={units.again} />;
  const { told: all } = units;
  return (
    <>
      <p class="soft">{t("Chỉ nhận khi bạn biết rõ người đứng trước mặt là ai. Trước khi làm theo yêu cầu vẫn phải xem thẻ, hoặc có trưởng thôn xác nhận. Mỗi danh sách mở ra được ghi nhật ký.", "Only if you know who stands there. Before anything is done their card is looked at, or the village head stands up for them. Each list that is opened is audited.")}</p>
      {person ? (
        <p class="picked"><strong>{nameOfListed(person)}</strong><span class="soft">{person.birth_year && `, ${person.birth_year}`}{person.id_tail && t(`, số cuối ${person.id_tail}`, `, ending in ${person.id_tail}`)}; {nameOfUnit(all, person.village_id)}</span> <button type="button" class="link" onClick={() => pick(undefined)}>{t("Chọn người khác", "Choose another")}</button></p>
      ) : (
        <FromLists
          id="right" units={all} villages={[...all.values()].filter((one) => one.level === "village")} spellVillage={(one) => labelOf(all, one.unit_id)}
          end={(one) => <button type="button" class="quiet small" onClick={() => pick(one)}>{t("Chọn", "Choose")}<span class="unseen"> {nameOfListed(one)}</span></button>}
        />
      )}
      {fault && <p class="fault">{fault}</p>}
    </>
  );
}
