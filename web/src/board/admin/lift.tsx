/** Limits on booking, lifted for some hours and with a reason: for a citizen by their ID number, for a helper by the account. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../../api.ts";
import { digitsOf, faultOfIdNumber } from "../../citizen.ts";
import { Field, faultAt, Trouble, useDeed } from "../../kit.tsx";
import { may } from "../../session.ts";
import { spellTime, t } from "../../words.ts";
import { Note } from "../note.tsx";
import type { Account } from "./people.ts";

const HOURS_MAX = 168;

/** Of whom a limit may stand in the way: who books for others. */
const HELPERS = ["volunteer", "lead", "officer"];

/** Tells the server, and until when it holds. */
function useLift() {
  const [until, setUntil] = useState<string>();
  const { busy, why, run } = useDeed();
  const lift = (body: Schemas["LiftLimits"], done: () => void) =>
    run(async () => {
      setUntil(undefined);
      setUntil((await told(api.POST("/api/v1/booking-limits/lifts", { body }))).until);
      done();
    });
  return { until, busy, why, lift };
}

interface Terms {
  hours: string;
  reason: string;
}

const TERMS: Terms = { hours: "24", reason: "" };

/** For how long, and why. */
function TermFields({ id, terms, change, why }: { id: string; terms: Terms; change: (terms: Terms) => void; why: unknown }) {
  return (
    <>
      <Field id={`${id}-hours`} label={t("Trong bao nhiêu giờ", "For how many hours")} type="number" value={terms.hours} typed={(hours) => change({ ...terms, hours })} min="1" max={String(HOURS_MAX)} required hint={t("Nhiều nhất 168 giờ: 7 ngày", "168 at most: 7 days")} fault={faultAt(why, "/hours")} />
      <Field id={`${id}-reason`} label={t("Vì sao gỡ (không ghi tên)", "Why (no names)")} value={terms.reason} typed={(reason) => change({ ...terms, reason })} maxLength={300} required fault={faultAt(why, "/reason")} />
    </>
  );
}

const sent = ({ hours, reason }: Terms) => ({ hours: Number(hours), reason: reason.trim() });

export function LiftForCitizen() {
  const [idNumber, setId] = useState("");
  const [terms, setTerms] = useState(TERMS);
  const [judged, setJudged] = useState(false);
  const { until, busy, why, lift } = useLift();
  if (!may("lift_booking_limits")) return null;
  return (
    <section class="panel" aria-labelledby="lift">
      <h2 id="lift">{t("Gỡ hạn chế đặt lịch", "Lift limits on booking")}</h2>
      <Note about={t("Gỡ thì được gì?", "What does it do?")}>
        <p>{t("Ai tự hủy từ hai lịch hẹn trong 7 ngày thì không tự đặt được, chỉ đặt khi có người giúp. Gỡ rồi thì người đó tự đặt được ngay, đến hết số giờ ghi ở đây. Việc gỡ và lý do được ghi nhật ký.", "Who cancels two appointments within 7 days books with help only. Once it is lifted they book by themselves, for the hours given here. It is audited with its reason.")}</p>
        <p>{t("Hạn chế của người đặt giúp thì gỡ ở tài khoản của họ.", "A helper's limit is lifted in their account.")}</p>
      </Note>
      <div role="status">{until && <p class="notice">{t(`Người này tự đặt được đến ${spellTime(until)}.`, `They may book by themselves until ${spellTime(until)}.`)}</p>}</div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setJudged(true);
          if (faultOfIdNumber(idNumber)) return;
          void lift({ id_number: digitsOf(idNumber), ...sent(terms) }, () => {
            // The number is nobody's business once it was sent.
            setId("");
            setTerms(TERMS);
            setJudged(false);
          });
        }}
      >
        <Trouble why={why} />
        <Field id="lift-id" label={t("Số định danh (12 số)", "ID number (12 digits)")} value={idNumber} typed={setId} inputMode="numeric" autocomplete="off" maxLength={20} required fault={(judged ? faultOfIdNumber(idNumber) : undefined) ?? faultAt(why, "/id_number")} />
        <TermFields id="lift" terms={terms} change={setTerms} why={why} />
        <div class="deeds"><button disabled={busy}>{t("Gỡ hạn chế", "Lift it")}</button></div>
      </form>
    </section>
  );
}

export function LiftForAccount({ account }: { account: Account }) {
  const [terms, setTerms] = useState(TERMS);
  const { until, busy, why, lift } = useLift();
  if (!may("lift_booking_limits") || account.state !== "active" || !HELPERS.includes(account.role)) return null;
  return (
    <details class="history">
      <summary>{t("Gỡ hạn chế đặt lịch giúp", "Lift limits on booking for others")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void lift({ account_id: account.account_id, ...sent(terms) }, () => setTerms(TERMS));
        }}
      >
        <p class="soft">{t("Đặt giúp quá nhiều lượt trong một giờ thì phải chờ. Gỡ rồi thì người này đặt giúp và tìm lịch theo thẻ không phải chờ, đến hết số giờ ghi ở đây. Việc gỡ và lý do được ghi nhật ký.", "Whoever books for too many within an hour has to wait. Once it is lifted they book for others and find appointments by card without waiting, for the hours given here. It is audited with its reason.")}</p>
        <Trouble why={why} />
        <TermFields id="lift-account" terms={terms} change={setTerms} why={why} />
        <div class="deeds"><button class="quiet" disabled={busy}>{t("Gỡ hạn chế", "Lift it")}</button></div>
        <div role="status">{until && <p class="notice">{t(`${account.name} đặt giúp không bị hạn chế đến ${spellTime(until)}.`, `${account.name} books for others without limits until ${spellTime(until)}.`)}</p>}</div>
      </form>
    </details>
  );
}
