/** The way in of the faces for a desk and a wall, and the frame before it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Account } from "./account.tsx";
import { Dialog } from "./dialog.tsx";
import { Loading, Trouble } from "./kit.tsx";
import { changePassword, may, me, recall, signOut, signOutEverywhere } from "./session.ts";
import { OwnPassword, SignIn } from "./sign-in.tsx";
import { language, speak, t } from "./words.ts";

interface GateProps {
  face: string;
  /** The contract's word for what whoever works here may do. */
  right: string;
  /** Why somebody else does not. */
  refusal: string;
  /** Wipes what was shown to whoever has left. */
  left: () => void;
  children: ComponentChildren;
}

export function Gate({ face, right, refusal, left, children }: GateProps) {
  const [why, setWhy] = useState<unknown>(undefined);
  const begin = () => {
    setWhy(undefined);
    recall().catch(setWhy);
  };
  useEffect(begin, []);
  useEffect(() => {
    if (me.value === null) left();
  }, [me.value]);
  if (me.value === undefined) return <Outside>{why === undefined ? <Loading /> : <Trouble why={why} again={begin} />}</Outside>;
  if (me.value === null) return <Outside><SignIn face={face} /></Outside>;
  if (me.value.must_change_password) return <Outside><OwnPassword /></Outside>;
  if (may(right)) return <>{children}</>;
  return (
    <Outside>
      <h1>{face}</h1>
      <p>{me.value.name} {refusal}</p>
      <button type="button" onClick={() => void signOut()}>{t("Đăng xuất", "Sign out")}</button>
    </Outside>
  );
}

function Outside({ children }: { children: ComponentChildren }) {
  return (
    <>
      <header class="top">
        <a class="mark" href="/">Tổ 06</a>
        <div class="who"><Speak /></div>
      </header>
      <main class="narrow">{children}</main>
    </>
  );
}

/** The other language, for those who do not read this one. */
export function Speak() {
  const other = language === "vi" ? "en" : "vi";
  return <button type="button" class="link" lang={other} onClick={() => speak(other)}>{other === "en" ? "English" : "Tiếng Việt"}</button>;
}

/** Who works here, their account, and the way out. */
export function Who({ children }: { children?: ComponentChildren }) {
  const [isOpen, open] = useState(false);
  return (
    <>
      <div class="who">
        {children}
        <span class="soft name">{me.value?.name}</span>
        <button type="button" class="link" onClick={() => open(true)}>{t("Tài khoản", "Account")}</button>
        <span class="speak"><Speak /></span>
        <button type="button" class="link" onClick={() => void signOut()}>{t("Đăng xuất", "Sign out")}</button>
      </div>
      {isOpen && me.value && (
        <Dialog title={t("Tài khoản của tôi", "My account")} close={() => open(false)}>
          <Account account={me.value} changePassword={changePassword} signOutEverywhere={signOutEverywhere} />
          <p><Speak /></p>
        </Dialog>
      )}
    </>
  );
}

/** The views of a face, by what stands behind the #. */
export function Views({ label, views, view }: { label: string; views: Record<string, { name: string }>; view: string }) {
  const nav = useRef<HTMLElement>(null);
  // On a phone they are more than fit: where one is stays in sight.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [view]);
  return (
    <nav aria-label={label} ref={nav}>
      {Object.entries(views).map(([address, { name }]) => <a key={address} href={`#${address}`} aria-current={view === address ? "page" : undefined}>{name}</a>)}
    </nav>
  );
}
