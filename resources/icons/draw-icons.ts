/**
 * Draws the tray's pictures and the program's icon: `node resources/icons/draw-icons.ts`. Each state has its own shape, so that no
 * meaning hangs on colour alone (ux.md 3.1); a pale rim keeps them readable on a dark task bar and on a light one.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32, deflateSync } from 'node:zlib'

/** Signed distance of a point to a shape, in a square from -1 to 1, y downwards; negative inside. */
type Shape = (x: number, y: number) => number
type Colour = readonly [number, number, number]

const circle = (cx: number, cy: number, radius: number): Shape => (x, y) => Math.hypot(x - cx, y - cy) - radius
const box = (cx: number, cy: number, halfWidth: number, halfHeight: number, round = 0): Shape => (x, y) => {
  const dx = Math.abs(x - cx) - halfWidth + round
  const dy = Math.abs(y - cy) - halfHeight + round
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round
}
const line = (x1: number, y1: number, x2: number, y2: number, half: number): Shape => (x, y) => {
  const [dx, dy] = [x2 - x1, y2 - y1]
  const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)))
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy) - half
}
const ring = (shape: Shape, half: number): Shape => (x, y) => Math.abs(shape(x, y)) - half
const all = (...shapes: Shape[]): Shape => (x, y) => Math.min(...shapes.map((shape) => shape(x, y)))
const cut = (shape: Shape, hole: Shape): Shape => (x, y) => Math.max(shape(x, y), -hole(x, y))
const keep = (shape: Shape, where: Shape): Shape => (x, y) => Math.max(shape(x, y), where(x, y))

const arrow = (x: number, direction: 1 | -1): Shape => {
  const tip = -0.72 * direction
  return all(line(x, -tip, x, tip, 0.12), line(x, tip, x - 0.3, tip + 0.34 * direction, 0.12), line(x, tip, x + 0.3, tip + 0.34 * direction, 0.12))
}
const cloud = all(circle(-0.38, 0.12, 0.36), circle(0.1, -0.14, 0.46), circle(0.5, 0.16, 0.32), box(0.05, 0.3, 0.55, 0.2, 0.18))
const gear: Shape = (x, y) => {
  const turn = Math.atan2(y, x)
  const teeth = 0.58 + 0.16 * Math.max(-1, Math.min(1, 4 * Math.cos(8 * turn)))
  return Math.max(Math.hypot(x, y) - teeth, 0.24 - Math.hypot(x, y))
}
// Two hands over: a relay.
const mark = all(ring(circle(-0.32, 0, 0.42), 0.13), ring(circle(0.32, 0, 0.42), 0.13))

const states: Record<string, { shape: Shape; colour: Colour }> = {
  locked: { colour: [90, 98, 110], shape: all(cut(box(0, 0.3, 0.6, 0.46, 0.1), all(circle(0, 0.22, 0.13), box(0, 0.4, 0.06, 0.16))), keep(ring(circle(0, -0.2, 0.4), 0.11), box(0, -0.6, 1, 0.46))) },
  setup: { colour: [90, 98, 110], shape: gear },
  offline: { colour: [90, 98, 110], shape: all(cut(cloud, line(-0.8, -0.8, 0.8, 0.8, 0.24)), line(-0.72, -0.72, 0.72, 0.72, 0.1)) },
  'needs-user': { colour: [178, 98, 0], shape: all(circle(-0.25, -0.38, 0.34), keep(circle(-0.25, 0.72, 0.62), box(0, 0, 1, 0.76)), box(0.66, -0.24, 0.13, 0.46, 0.06), circle(0.66, 0.52, 0.16)) },
  error: { colour: [190, 30, 45], shape: cut(box(0, 0, 0.78, 0.78, 0.14), all(line(-0.36, -0.36, 0.36, 0.36, 0.13), line(-0.36, 0.36, 0.36, -0.36, 0.13))) },
  paused: { colour: [90, 98, 110], shape: all(box(-0.36, 0, 0.2, 0.7, 0.06), box(0.36, 0, 0.2, 0.7, 0.06)) },
  sending: { colour: [0, 92, 169], shape: all(arrow(-0.38, 1), arrow(0.38, -1)) },
  idle: { colour: [0, 110, 90], shape: mark },
}

/** RGBA pixels of a shape with its pale rim, each pixel the mean of 8 × 8 samples. */
function paint({ shape, colour }: { shape: Shape; colour: Colour }, size: number): Buffer {
  const pixels = Buffer.alloc(size * size * 4)
  const samples = 8
  for (let index = 0; index < size * size; index += 1) {
    let inside = 0
    let rim = 0
    for (let sample = 0; sample < samples * samples; sample += 1) {
      const x = ((index % size) + ((sample % samples) + 0.5) / samples) / size
      const y = (Math.floor(index / size) + (Math.floor(sample / samples) + 0.5) / samples) / size
      const distance = shape((x * 2 - 1) * 1.1, (y * 2 - 1) * 1.1)
      if (distance < 0) inside += 1
      else if (distance < 0.12) rim += 1
    }
    const covered = inside + rim
    const alpha = covered / (samples * samples)
    const mix = covered === 0 ? 0 : inside / covered
    pixels.set([...colour.map((part) => Math.round(part * mix + 255 * (1 - mix))), Math.round(alpha * 255)], index * 4)
  }
  return pixels
}

/** A PNG file of RGBA pixels. */
function png(pixels: Buffer, size: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Array.from({ length: size }, (_, row) => Buffer.concat([Buffer.from([0]), pixels.subarray(row * size * 4, (row + 1) * size * 4)]))
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

// Electron takes the picture that fits the screen's scale by these suffixes.
const scales = { '': 16, '@1.25x': 20, '@1.5x': 24, '@2x': 32 }
for (const [state, drawing] of Object.entries(states)) {
  for (const [suffix, size] of Object.entries(scales)) {
    writeFileSync(path.join(import.meta.dirname, `tray-${state}${suffix}.png`), png(paint(drawing, size), size))
  }
}
writeFileSync(path.join(import.meta.dirname, 'relais.png'), png(paint({ shape: mark, colour: [0, 110, 90] }, 256), 256))
