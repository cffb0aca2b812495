/** Finding somebody among those whose lists this phone carries. */
import { useState } from "preact/hooks";

import { Field } from "../kit.tsx";
import { t } from "../words.ts";
import { carried, matching, type Person } from "./lists.ts";
import { unitName } from "./pull.ts";
import { figure } from "./terms.ts";
import { describe } from "./todo.tsx";
import { PickedPerson } from "./who.tsx";

const SHOWN = 8;

interface Props {
  person: Person | undefined;
  pick: (person: Person | undefined) => void;
  fault: string | undefined;
}

export function FromList({ person, pick, fault }: Props) {
  const [typed, setTyped] = useState("");
  if (person) return <PickedPerson person={person} drop={() => pick(undefined)} />;
  const everybody = carried.value.flatMap((list) => Object.values(list.people));
  if (everybody.length === 0) return <p class="notice">{t("Máy chưa có danh sách thôn nào: hãy chọn thôn ở mục Việc khi có mạng.", "This phone carries no village's list yet: choose a village under To do, with a network.")}</p>;
  const found = typed.trim() ? matching(everybody, typed) : [];
  return (
    <>
      <Field id="find-person" label={t("Tìm trong danh sách thôn", "Find in the village's list")} value={typed} typed={setTyped} autocomplete="off" maxLength={60} fault={fault} hint={t("Tên, năm sinh hoặc bốn số cuối", "A name, a birth year or the last four digits")} />
      {typed.trim() && (found.length === 0 ? <p class="soft" role="status">{t("Không thấy ai trong danh sách trên máy.", "Nobody of the lists on this phone.")}</p> : (
        <ul class="people">
          {found.slice(0, SHOWN).map((one) => (
            <li key={one.person_id}>
              <button type="button" class="person" onClick={() => pick(one)}>
                <span class="who"><strong>{one.name ?? t("Chưa có tên", "No name")}</strong> <span class="soft">{describe(one)}</span></span>
                <span class="soft done">{unitName(one.village_id)}</span>
              </button>
            </li>
          ))}
        </ul>
      ))}
      {found.length > SHOWN && <p class="soft">{t(`Còn ${figure(found.length - SHOWN)} người nữa: hãy gõ thêm.`, `${figure(found.length - SHOWN)} more: go on typing.`)}</p>}
    </>
  );
}
