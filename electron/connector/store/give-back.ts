/**
 * Gives the memory of a document back at once; its bytes read as none afterwards. Left to the collector, these buffers, which lie outside
 * its heap, make it go through the whole heap every ten documents. Only for bytes of one's own that nobody reads any more. A small
 * buffer, which may lie in memory it shares with others, is left alone.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === bytes.byteLength) buffer.transfer(0)
}
