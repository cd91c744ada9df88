import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { playFile } from '../../../resources/demo/play-list.ts'
import { longestText } from './plain-text.ts'
import { readContent } from './read-content.ts'

const bytesOf = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)
const message = 'MSH|^~\\&|LABO\rPID|1||7^^^LABO||LE GOFF^Anaïs\rOBX|1|TX|||Résultat\r'

describe('what a file shows', () => {
  it('is a PDF whole, also one that is cut short or of another name', async () => {
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    for (const bytes of [pdf, pdf.subarray(0, 2_000)]) {
      const shown = await readContent(bytes, 'lettre.txt')
      expect(shown).toMatchObject({ sections: [], text: null, attachments: [{ mediaType: 'application/pdf', title: '' }] })
      expect(Buffer.from(shown.attachments[0]!.bytes).equals(bytes)).toBe(true)
    }
  })

  it('is the narrative of a CDA', async () => {
    const shown = await readContent(playFile('synthese-morel.xml'), 'synthese.xml')
    expect(shown.sections.length).toBeGreaterThan(0)
    expect(shown.text).toBeNull()
  })

  it('is the raw text of a CDA that cannot be read', async () => {
    const text = Buffer.from(playFile('synthese-morel.xml')).toString()
    const cut = text.slice(0, text.length - 200)
    expect(await readContent(bytesOf(cut), 'synthese.xml')).toEqual({ sections: [], attachments: [], text: { value: cut, isCut: false } })
    // Nothing outside is fetched for it, and no entity stands for anything.
    const doctype = `<?xml version="1.0"?><!DOCTYPE ClinicalDocument [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3">&a;</ClinicalDocument>`
    expect((await readContent(bytesOf(doctype), 'a.xml')).text?.value).toBe(doctype)
  })

  it('is a message or a sidecar in the encoding of its bytes', async () => {
    expect((await readContent(bytesOf(message), '12')).text).toEqual({ value: message, isCut: false })
    expect((await readContent(bytesOf(message, 'latin1'), '12')).text).toEqual({ value: message, isCut: false })
    expect((await readContent(Buffer.concat([Buffer.of(0xff, 0xfe), bytesOf(message, 'utf16le')]), '12')).text).toEqual({ value: message, isCut: false })
    expect((await readContent(bytesOf(`\u000b${message}\u001c\r`), '12')).text?.value).toContain('LE GOFF')
  })

  it('is cut where nobody reads on, never within a character', async () => {
    const whole = await readContent(bytesOf('é'.repeat(longestText)), 'a')
    expect(whole.text).toEqual({ value: 'é'.repeat(longestText), isCut: false })
    const more = await readContent(bytesOf(`a${'😀'.repeat(longestText)}`), 'a')
    expect(more.text?.isCut).toBe(true)
    expect(more.text?.value).toBe(`a${'😀'.repeat(longestText / 2 - 1)}`)
  })

  it('is a picture, and the name of what is neither text nor shown', async () => {
    expect(await readContent(Buffer.concat([Buffer.of(0x89), bytesOf('PNG\r\n\u001a\n'), deflateSync('x')]), 'scan.png')).toMatchObject({ text: null, attachments: [{ mediaType: 'image/png' }] })
    expect(await readContent(Buffer.concat([bytesOf('PK\u0003\u0004'), Buffer.alloc(40)]), 'a.zip')).toMatchObject({ text: null, attachments: [{ mediaType: 'application/zip' }] })
    expect(await readContent(Buffer.from([1, 2, 0, 255, 4]), 'a')).toMatchObject({ text: null, attachments: [{ mediaType: 'application/octet-stream' }] })
  })
})
