/**
 * What leads and administrators keep in order: targets, who works where, lists, records, units, accounts. Fetched when
 * one of them first opens these views.
 */
import { signal } from "@preact/signals";
import { render } from "preact";

import { may, type Me, me } from "../../session.ts";
import { t } from "../../words.ts";
import { Accounts } from "./accounts.tsx";
import { Assignments } from "./assignments.tsx";
import { Glossary } from "./glossary.tsx";
import { Records } from "./records.tsx";
import { Rosters } from "./rosters.tsx";
import { Targets } from "./targets.tsx";
import { UnitSearch } from "./unit-search.tsx";

interface Part {
  name: string;
  /** With what stands behind its address, part by part. */
  show: (props: { rest: string[] }) => preact.JSX.Element | null;
  right: string;
}

const PARTS: Record<string, Part> = {
  "chi-tieu": { name: t("Chỉ tiêu", "Targets"), show: Targets, right: "read_boards" },
  "phan-cong": { name: t("Phân công", "Assignments"), show: Assignments, right: "assign_work" },
  "ban-ghi": { name: t("Sửa bản ghi", "Corrections"), show: Records, right: "correct_work" },
  "danh-sach": { name: t("Danh sách thôn", "Village lists"), show: Rosters, right: "import_rosters" },
  "don-vi": { name: t("Đơn vị", "Units"), show: UnitSearch, right: "read_boards" },
};

/** What stands behind the #, part by part: `quan-ly`, which of its views. */
const parts = signal<string[]>([]);
const read = () => (parts.value = location.hash.slice(1).split("/"));

function Shown() {
  const [view, wanted, ...rest] = parts.value;
  if (view === "tai-khoan") return <Accounts />;
  if (view === "giai-thich") return <Glossary />;
  const mine = Object.entries(PARTS).filter(([, part]) => may(part.right));
  const [address, { show: Part }] = mine.find(([address]) => address === wanted) ?? mine[0]!;
  return (
    <>
      <nav class="steps" aria-label={t("Quản lý", "Manage")}>
        {mine.map(([one, { name }]) => <a key={one} href={`#quan-ly/${one}`} aria-current={one === address ? "page" : undefined}>{name}</a>)}
      </nav>
      <Part key={address} rest={rest} />
    </>
  );
}

/** Shows them there, for whoever is signed in; what it gives puts them away. */
export function show(place: HTMLElement, who: Me): () => void {
  me.value = who;
  read();
  addEventListener("hashchange", read);
  render(<Shown />, place);
  return () => {
    removeEventListener("hashchange", read);
    render(null, place);
  };
}
