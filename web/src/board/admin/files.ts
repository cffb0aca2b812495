/** Tables as files: made here, or taken through the client. */
export { save } from "../../save.ts";

/** A cell of a CSV file. */
export function cell(value: string | number | null | undefined): string {
  const text = value == null ? "" : String(value);
  return /[",;\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Saves lines that were made here, with the mark by which Excel knows UTF-8. */
export function saveLines(lines: (string | number | null | undefined)[][], name: string): void {
  const blob = new Blob(["\ufeff", lines.map((line) => line.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" });
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
