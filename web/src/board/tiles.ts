/** One tile a commune, placed by hand so that neighbours stay neighbours: north is up, the sea is right. */

/** Column and row by official code, of the communes since July 2025. */
export const TILES: Readonly<Record<string, readonly [number, number]>> = {
  "22786": [0, 0], // Bác Ái Tây
  "22795": [1, 0], // Bác Ái
  "22801": [2, 0], // Bác Ái Đông
  "22840": [4, 0], // Công Hải
  "22813": [0, 1], // Lâm Sơn
  "22810": [1, 1], // Ninh Sơn
  "22849": [3, 1], // Thuận Bắc
  "22846": [5, 1], // Vĩnh Hải
  "22828": [0, 2], // Anh Dũng
  "22822": [1, 2], // Mỹ Sơn
  "22861": [3, 2], // Xuân Hải
  "22852": [4, 2], // Ninh Hải
  "22738": [2, 3], // Đô Vinh
  "22741": [3, 3], // Bảo An
  "22834": [4, 3], // Ninh Chử
  "22873": [2, 4], // Phước Hậu
  "22759": [3, 4], // Phan Rang
  "22780": [4, 4], // Đông Hải
  "22900": [1, 5], // Phước Hà
  "22891": [2, 5], // Phước Hữu
  "22870": [3, 5], // Ninh Phước
  "22888": [4, 5], // Phước Dinh
  "22897": [2, 6], // Thuận Nam
  "22909": [3, 6], // Cà Ná
};

const COLUMNS = 6;

/** Where everybody is; who has no place of their own stands below, in the order given. */
export function place(codes: string[]): Map<string, readonly [number, number]> {
  const placed = new Map<string, readonly [number, number]>();
  const known = codes.filter((code) => code in TILES);
  for (const code of known) placed.set(code, TILES[code]!);
  const below = known.length > 0 ? Math.max(...known.map((code) => TILES[code]![1])) + 1 : 0;
  codes
    .filter((code) => !(code in TILES))
    .forEach((code, index) => placed.set(code, [index % COLUMNS, below + Math.floor(index / COLUMNS)]));
  return placed;
}
