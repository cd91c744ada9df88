import { fileTypeFromBuffer } from 'file-type'
import type { NarrativeSection } from '#shared/contract/index.ts'
import { mediaTypeOf } from './media-type.ts'
import { plainText } from './plain-text.ts'
import { readCdaBody, type CdaAttachment } from './read-cda-body.ts'
import { recognise } from './recognise.ts'

/** What a file holds that can be shown. */
export interface Content {
  readonly sections: NarrativeSection[]
  readonly attachments: readonly CdaAttachment[]
  readonly text: { readonly value: string; readonly isCut: boolean } | null
}

/** Shown by what they are, whatever else is the matter with them. */
const shownWhole = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/gif'])

/**
 * Reads a file as somebody may look at it, also one that is refused everywhere else: the narrative and attachments of a CDA; a PDF or a picture as its
 * only attachment; the raw text of any other text, of a CDA that cannot be read too; else one attachment of the type its bytes show. Never fails.
 */
export async function readContent(bytes: Uint8Array, fileName: string): Promise<Content> {
  const whole = (mediaType: string): Content => ({ sections: [], attachments: [{ mediaType, title: '', bytes }], text: null })
  const shown = mediaTypeOf(bytes)
  if (shown !== null && shownWhole.has(shown)) return whole(shown)
  const recognised = await recognise(bytes, fileName)
  if (recognised.ok && recognised.value.kind === 'cda') {
    const body = readCdaBody(bytes)
    if (body.ok && body.value.sections.length + body.value.attachments.length > 0) return { ...body.value, text: null }
  }
  const text = plainText(bytes)
  return text ? { sections: [], attachments: [], text } : whole(shown ?? (await fileTypeFromBuffer(bytes.subarray(0, 65_536)))?.mime ?? 'application/octet-stream')
}
