// One's own account, which every face for those who have one shows alike.
import { test } from "node:test";

import { OFFICER, onDesk, PASSWORD, signIn } from "./desk.mjs";
import { assertAccessible } from "./pages.mjs";

const { open } = onDesk();
const OTHER = "một câu khác dễ nhớ";

async function openAccount(page) {
  await page.getByRole("button", { name: "Tài khoản", exact: true }).click();
  return page.getByRole("dialog");
}

async function change(dialog, current, next) {
  await dialog.getByLabel("Mật khẩu đang dùng").fill(current);
  await dialog.getByLabel("Mật khẩu mới").fill(next);
  await dialog.getByRole("button", { name: "Đổi mật khẩu" }).click();
}

/** The other machine finds out when it next asks for anything. */
async function assertSignedOut(page) {
  await page.reload();
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
}

test("a password is changed by its owner, which signs the other machines out", async (t) => {
  const [page, other] = [await open(t), await open(t)];
  for (const one of [page, other]) await signIn(one, OFFICER);
  const dialog = await openAccount(page);
  await assertAccessible(page, "account");
  await change(dialog, "sai rồi, sai rồi", OTHER);
  await dialog.getByRole("alert").waitFor();
  await change(dialog, PASSWORD, "123");
  await dialog.locator("#new-password-about.fault").waitFor();
  await change(dialog, PASSWORD, OTHER);
  await dialog.getByRole("status").getByText("Đã đổi.").waitFor();
  await assertAccessible(page, "account-changed");
  await assertSignedOut(other);
  await signIn(other, OFFICER, PASSWORD);
  await other.getByRole("alert").waitFor();
  await change(dialog, OTHER, PASSWORD);
  // What was typed goes as soon as it was changed.
  await dialog.locator("#current:invalid").waitFor();
  await signIn(other, OFFICER, PASSWORD);
  await other.getByRole("button", { name: "Tài khoản", exact: true }).waitFor();
});

test("every machine is signed out at once, after being asked", async (t) => {
  const [page, other] = [await open(t), await open(t)];
  for (const one of [page, other]) await signIn(one, OFFICER);
  const dialog = await openAccount(page);
  await dialog.getByRole("button", { name: "Đăng xuất khỏi mọi máy" }).click();
  await dialog.getByRole("button", { name: "Thôi" }).click();
  await dialog.getByRole("button", { name: "Đăng xuất khỏi mọi máy" }).click();
  await assertAccessible(page, "account-everywhere");
  await dialog.getByRole("button", { name: "Đúng, đăng xuất hết" }).click();
  await page.getByRole("button", { name: "Đăng nhập", exact: true }).waitFor();
  await assertSignedOut(other);
});
