/** A new office: described here, its hours and desks are set once it is there. */
import { useState } from "preact/hooks";

import { api, type Schemas, told } from "../api.ts";
import { useAsked } from "../ask.ts";
import { Choice, Field, faultAt, Loading, Trouble, useDeed } from "../kit.tsx";
import { t } from "../words.ts";
import { usePlaces } from "./places.ts";
import { chooseOffice, offices } from "./state.ts";

type Kind = "fixed" | "mobile";

/** `opened`: it is chosen, and has no hours yet. */
export function OpenOffice({ opened }: { opened: () => void }) {
  const places = usePlaces();
  const services = useAsked("services", () => told(api.GET("/api/v1/services")));
  const [place, setPlace] = useState("");
  const [kind, setKind] = useState<Kind>("fixed");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [directions, setDirections] = useState("");
  const [left, setLeft] = useState<string[]>([]);
  const { busy, why, run } = useDeed();
  const units = places.told;
  if (!units || !services.told) return places.why === undefined && services.why === undefined ? <Loading /> : <Trouble why={places.why ?? services.why} again={() => { places.again(); services.again(); }} />;
  const communes = units.filter((one) => one.level === "commune");
  const done = services.told.filter((one) => !left.includes(one.service_code));
  const send = () =>
    run(async () => {
      const body: Schemas["OpenOffice"] = {
        unit_id: Number(place) || communes[0]!.unit_id, kind, name: name.trim(), address: address.trim(), directions: directions.trim(),
        services: done.map((one) => one.service_code),
      };
      const office = await told(api.POST("/api/v1/offices", { body }));
      offices.value = [...(offices.value ?? []), office];
      chooseOffice(office);
      opened();
    });
  const toggle = (code: string) => setLeft(left.includes(code) ? left.filter((one) => one !== code) : [...left, code]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Trouble why={why} />
      <div class="pair">
        {communes.length > 1 && (
          <Choice id="open-unit" label={t("Xã, phường", "Commune")} value={place} chosen={setPlace} fault={faultAt(why, "/unit_id")}>
            {communes.map((one) => <option key={one.unit_id} value={String(one.unit_id)}>{one.name}</option>)}
          </Choice>
        )}
        <Choice id="open-kind" label={t("Loại", "Kind")} value={kind} chosen={(word) => setKind(word as Kind)} fault={faultAt(why, "/kind")}>
          <option value="fixed">{t("Cố định", "Fixed")}</option>
          <option value="mobile">{t("Tổ lưu động, mỗi ngày một nơi", "Mobile team, elsewhere each day")}</option>
        </Choice>
      </div>
      <Field id="open-name" label={t("Tên điểm tiếp nhận", "Name")} value={name} typed={setName} maxLength={200} required fault={faultAt(why, "/name")} />
      <Field id="open-address" label={t("Địa chỉ", "Address")} value={address} typed={setAddress} maxLength={300} required fault={faultAt(why, "/address")} />
      <Field id="open-directions" label={t("Chỉ đường (nếu cần)", "Directions (if needed)")} value={directions} typed={setDirections} maxLength={500} fault={faultAt(why, "/directions")} />
      <fieldset>
        <legend>{t("Thủ tục làm ở đây", "What it does")}</legend>
        {services.told.map((one) => (
          <label key={one.service_code} class="check">
            <input type="checkbox" checked={!left.includes(one.service_code)} onChange={() => toggle(one.service_code)} />
            <span>{one.name}</span>
          </label>
        ))}
      </fieldset>
      <button disabled={busy || done.length === 0}>{busy ? t("Đang mở…", "Opening…") : t("Mở điểm tiếp nhận", "Open it")}</button>
      <p class="soft">{t("Mở xong thì đặt lịch tuần, quầy và máy: chưa có giờ thì chưa ai đặt được.", "Then set its week, desks and kits: without hours nobody can book.")}</p>
    </form>
  );
}
