/** Every word of the board explained, chapter by chapter, and found by typing. */
import { useState } from "preact/hooks";

import { Field } from "../../kit.tsx";
import { t } from "../../words.ts";
import { fits } from "./lists.ts";
import { CHAPTERS } from "./words.ts";

export function Glossary() {
  const [typed, type] = useState("");
  const found = CHAPTERS.map(({ title, words }) => ({ title, words: words.filter((one) => typed.trim() === "" || fits(typed, `${one.word} ${one.says}`)) })).filter(({ words }) => words.length > 0);
  return (
    <section class="panel glossary" aria-labelledby="glossary">
      <h1 id="glossary">{t("Các từ trên bảng nghĩa là gì", "What the words of the board mean")}</h1>
      <Field id="word" label={t("Tìm từ", "Find a word")} value={typed} typed={type} />
      {found.length === 0 && <p class="empty">{t("Không có từ nào như vậy.", "No word is like that.")}</p>}
      {found.map(({ title, words }) => (
        <section key={title} aria-label={title}>
          <h2>{title}</h2>
          <dl>{words.map(({ word, says }) => <div key={word}><dt>{word}</dt><dd>{says}</dd></div>)}</dl>
        </section>
      ))}
    </section>
  );
}
