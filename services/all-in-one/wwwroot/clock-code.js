// A wall clock that survives video compression: two rows of 28 black and white cells across the top of the frame.
//
//   row 0: 1 0 1 0 | 24 payload bits        payload = 40 bits of milliseconds, then 8 bits of CRC,
//   row 1: 0 1 0 1 | 24 payload bits        most significant bit first
//
// The markers give the black and white levels and show that the rows are there at all; the checksum throws out frames
// of which one half shows an older picture.

export const COLUMNS = 28;
export const ROWS = 2;
/** Height of one row as a part of the frame's height. */
export const ROW_HEIGHT = 1 / 12;

const MARKERS = [[1, 0, 1, 0], [0, 1, 0, 1]];
const WRAP = 2 ** 40;

/** Cells, row by row, for a time in milliseconds. */
export function encode(ms) {
  const value = Math.floor(ms) % WRAP;
  const bits = [...value.toString(2).padStart(40, "0")].map(Number);
  bits.push(...[...crc8(bits).toString(2).padStart(8, "0")].map(Number));
  return [...MARKERS[0], ...bits.slice(0, 24), ...MARKERS[1], ...bits.slice(24)];
}

/** The time nearest to `near` for brightness values of the cells, or null when they are no clock. */
export function decode(levels, near) {
  const white = [], black = [];
  MARKERS.forEach((marker, row) => marker.forEach((bit, i) => (bit ? white : black).push(levels[row * COLUMNS + i])));
  const [low, high] = [Math.max(...black), Math.min(...white)];
  if (high - low < 40) return null;
  const threshold = (low + high) / 2;

  const bits = [...levels.slice(4, COLUMNS), ...levels.slice(COLUMNS + 4)].map(level => level > threshold ? 1 : 0);
  const time = bits.slice(0, 40);
  if (crc8(time) !== parseInt(bits.slice(40).join(""), 2)) return null;
  const value = parseInt(time.join(""), 2);
  return value + WRAP * Math.round((near - value) / WRAP);
}

// CRC-8 with polynomial x^8 + x^2 + x + 1; the start value keeps an all-black picture from passing.
function crc8(bits) {
  let crc = 0xff;
  for (const bit of bits) {
    const top = (crc >> 7) ^ bit;
    crc = (crc << 1) & 0xff;
    if (top) crc ^= 0x07;
  }
  return crc;
}
