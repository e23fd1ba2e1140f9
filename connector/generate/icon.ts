import { iconBrandColor } from './connection.ts';
import { squarePng, type Colour } from './png.ts';

/** The guest in the middle of an arrow that leads back: 160 pixels of drawing in a square of 230, as the guidelines ask. */
export function connectorIcon(): Buffer {
  return squarePng(size, (x, y) => mix(background, ink, coverage(x, y)));
}

const size = 230;
const centre = size / 2;
const ink: Colour = [255, 255, 255];
const background = colourOf(iconBrandColor);
/** Each pixel is looked at in so many rows and columns, which smooths the edges. */
const samples = 4;

function coverage(x: number, y: number): number {
  let inked = 0;
  for (let row = 0; row < samples; row += 1) {
    for (let column = 0; column < samples; column += 1) {
      if (isInk(x + (column + 0.5) / samples - centre, y + (row + 0.5) / samples - centre)) inked += 1;
    }
  }
  return inked / samples ** 2;
}

/** Around the centre, y downwards. */
function isInk(x: number, y: number): boolean {
  const head = isWithin(17, x, y + 17);
  const shoulders = y <= 40 && isWithin(34, x, y - 40);
  // The ring is open at the upper right; there the arrow's head points on.
  const isOpen = y < 0 && -y < 1.7 * x && -y > 0.15 * x;
  const ring = isWithin(76, x, y) && !isWithin(64, x, y) && !isOpen;
  const arrowHead = y <= -8 && Math.abs(x - 70) <= 0.7 * (y + 36);
  return head || shoulders || ring || arrowHead;
}

function isWithin(radius: number, x: number, y: number): boolean {
  return x * x + y * y <= radius * radius;
}

function mix(one: Colour, other: Colour, share: number): Colour {
  const at = (index: 0 | 1 | 2): number => Math.round(one[index] * (1 - share) + other[index] * share);
  return [at(0), at(1), at(2)];
}

function colourOf(hex: string): Colour {
  const at = (start: number): number => Number.parseInt(hex.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}
