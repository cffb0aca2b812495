/** How places are shared out, and how the queue is run. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { Field, faultAt, Loading, Trouble, useDeed } from "../kit.tsx";
import { readMinute, spellMinute, t } from "../words.ts";
import { changeOffice, lost, office, queue, renew } from "./state.ts";

interface Line<Name extends string> {
  name: Name;
  label: string;
  hint: string;
  type?: "number" | "time";
}

type RuleName = keyof Schemas["QueueRules"];
const RULES: Line<RuleName>[] = [
  { name: "no_show_calls", label: t("Gọi mấy lần thì được ghi vắng", "Calls before somebody is a no-show"), hint: t("Từ 1 đến 10 lần", "1 to 10") },
  { name: "grace_min", label: t("Trễ mấy phút vẫn tính là đúng hẹn", "Minutes late that still count as kept"), hint: t("Từ 0 đến 60 phút", "0 to 60") },
  { name: "undo_min", label: t("Hoàn tác được trong mấy phút", "Minutes in which an end can be taken back"), hint: t("Từ 1 đến 120 phút", "1 to 120") },
];

type ShareName = "same_day_share" | "release_min" | "walk_in_places" | "unverified_share" | "group_share" | "lead_min";
const SHARES: Line<ShareName>[] = [
  { name: "same_day_share", label: t("Để dành cho trong ngày, %", "Kept for the day itself, %"), hint: t("Chỉ áp dụng cho khung giờ chưa ai đặt", "For slots that nobody has booked yet") },
  { name: "release_min", label: t("Mở chỗ trong ngày lúc", "They open at"), hint: t("Từ giờ này ai cũng đặt được", "From then on anybody may book them"), type: "time" },
  { name: "walk_in_places", label: t("Chỗ cho người không hẹn", "Walk-in places"), hint: t("Mỗi khung giờ, không bao giờ đặt trước được", "Of each slot; never booked") },
  { name: "unverified_share", label: t("Cho người tự đặt, chưa ai xác nhận, %", "For those for whom nobody vouches, %"), hint: t("Phần của mỗi khung giờ", "Of the places of a slot") },
  { name: "group_share", label: t("Cho đoàn (lớp học, cơ quan), %", "For groups, %"), hint: t("Phần của cả ngày", "Of the places of a day") },
  { name: "lead_min", label: t("Ngừng nhận đặt trước giờ hẹn, phút", "Booking ends before the hour, minutes"), hint: t("0: nhận đến phút cuối", "0: until the last minute") },
];

interface FormProps<Name extends string> {
  title: string;
  id: string;
  lines: Line<Name>[];
  now: Record<Name, number>;
  /** Keeps all of them, some of which were typed anew. */
  keep: (all: Record<Name, number>, typed: Name[]) => Promise<void>;
}

function Numbers<Name extends string>({ title, id, lines, now, keep }: FormProps<Name>) {
  // What nobody has typed follows what others set.
  const [typed, setTyped] = useState<Partial<Record<Name, string>>>({});
  const [became, setBecame] = useState("");
  const { busy, why, run } = useDeed();
  const spell = ({ name, type }: Line<Name>) => typed[name] ?? (type === "time" ? spellMinute(now[name]) : String(now[name]));
  const read = (line: Line<Name>) => (line.type === "time" ? readMinute(spell(line)) ?? 0 : Number(spell(line)));
  const save = () =>
    run(async () => {
      setBecame("");
      const all = Object.fromEntries(lines.map((line) => [line.name, read(line)])) as Record<Name, number>;
      const changed = lines.map((line) => line.name).filter((name) => all[name] !== now[name]);
      if (changed.length > 0) await keep(all, changed);
      setTyped({});
      setBecame(changed.length > 0 ? t("Đã lưu.", "Kept.") : t("Chưa có gì khác để lưu.", "Nothing differs."));
    });
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <Trouble why={why} />
      {became && <p class="notice done" role="status">{became}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="pair">
          {lines.map((line) => (
            <Field
              key={line.name} id={`${id}-${line.name}`} label={line.label} type={line.type ?? "number"} value={spell(line)} required hint={line.hint} fault={faultAt(why, `/${line.name}`)}
              typed={(value) => {
                setBecame("");
                setTyped({ ...typed, [line.name]: value });
              }}
            />
          ))}
        </div>
        <button disabled={busy}>{busy ? t("Đang lưu…", "Keeping…") : t("Lưu", "Keep")}</button>
      </form>
    </section>
  );
}

export function Shares() {
  const here = office.value!;
  const params = { path: { office_id: here.office_id } };
  return (
    <Numbers
      title={t("Cách chia chỗ", "How places are shared out")} id="shares" lines={SHARES} now={here}
      keep={async (all, typed) => {
        const body: Schemas["UpdateOffice"] = Object.fromEntries(typed.map((name) => [name, all[name]]));
        changeOffice(await told(api.PATCH("/api/v1/offices/{office_id}", { params, body })));
      }}
    />
  );
}

export function Rules() {
  const { office_id } = office.value!;
  const title = t("Cách gọi số", "How the queue is run");
  if (!queue.value)
    return (
      <section class="panel" aria-labelledby="rules">
        <h2 id="rules">{title}</h2>
        {lost.value === undefined ? <Loading /> : <Trouble why={lost.value} />}
      </section>
    );
  return (
    <Numbers
      title={title} id="rules" lines={RULES} now={queue.value.rules}
      keep={async (body) => {
        await told(api.PUT("/api/v1/offices/{office_id}/desk/rules", { params: { path: { office_id } }, body }));
        await renew();
      }}
    />
  );
}
