import fc from 'fast-check'
import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { cdaExample } from './cda-example.ts'
import { recognise } from './recognise.ts'
import { writeCda } from './write-cda.ts'

const cda = writeCda(cdaExample)
if (!cda.ok) throw new Error(cda.failure.detail)
const example = Buffer.from(cda.value)
const made = await PDFDocument.create()
made.addPage()
const pdf = Buffer.from(await made.save())
const hl7 = Buffer.from('MSH|^~\\&|LGC|CAB|RELAIS||20261121||MDM^T02|1|P|2.6\rPID|1||1\rOBX|1|ED|x||||||||F\r')
const hprim = ['00123', 'ESSAI', 'CAMILLE', '1 RUE', '', '76000 ROUEN', '12/06/1984', '', '', '21/11/2026', 'LABO', 'DR', '', 'texte', '****LAB****', 'TEX|a', '****FIN****', '****FINFICHIER****'].join('\r\n')

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

describe('recognising a file by its bytes', () => {
  it.each<[string, Uint8Array, string, object]>([
    ['a PDF', pdf, 'a.pdf', { kind: 'pdf' }],
    ['a PDF under any name', pdf, 'a.xml', { kind: 'pdf' }],
    ['a PDF after blank lines', Buffer.concat([Buffer.from('\n\n'), pdf]), 'a.pdf', { kind: 'pdf' }],
    ['a CDA', example, 'a.pdf', { kind: 'cda', selfPresenting: false }],
    ['a CDA after a long comment', Buffer.from(example.toString().replace('<ClinicalDocument', `<!--${'<a> '.repeat(40_000)}--><ClinicalDocument`)), 'a', { kind: 'cda', selfPresenting: false }],
    ['a CDA in UTF-16', utf16(example.toString().replace('UTF-8', 'UTF-16')), 'a.xml', { kind: 'cda', selfPresenting: false }],
    ['a self-presenting CDA', Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- x --><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><c:ClinicalDocument xmlns:c="urn:hl7-org:v3"/></xsl:stylesheet>'), 'a.xml', { kind: 'cda', selfPresenting: true }],
    ['HL7', hl7, 'a.hl7', { kind: 'hl7' }],
    ['HL7 with what MLLP leaves', Buffer.concat([Buffer.from([0x0b, 0x0a]), hl7]), 'a.txt', { kind: 'hl7' }],
    ['an HL7 batch', Buffer.from('FHS|^~\\&|a\rBHS|^~\\&|a\r'), 'a.er7', { kind: 'hl7' }],
  ])('knows %s', async (_, bytes, name, found) => {
    expect(await recognise(bytes, name)).toEqual({ ok: true, value: found })
  })

  it.each<[string, Uint8Array | string, string, string]>([
    ['nothing', '', 'a.pdf', 'file-empty'],
    ['text named PDF', 'Bonjour', 'a.PDF', 'pdf-not-pdf'],
    ['half a PDF', pdf.subarray(0, pdf.length / 2), 'a.pdf', 'pdf-truncated'],
    ['a program named PDF', Buffer.from('MZ\u0090\u0000\u0003', 'latin1'), 'a.pdf', 'type-forbidden'],
    ['a program by its name', 'rien', 'facture.pdf.exe', 'type-forbidden'],
    ['a script', '#!/bin/sh\nrm', 'a.txt', 'type-forbidden'],
    ['a Linux program', Buffer.from('\u007fELF\u0002\u0001', 'latin1'), 'a', 'type-forbidden'],
    ['a picture', Buffer.from('ffd8ffe000104a46', 'hex'), 'a.jpg', 'format-unsupported'],
    ['DICOM', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]), 'a.dcm', 'format-unsupported'],
    ['XDM mail', Buffer.from('PK\u0003\u0004 IHE_XDM/SUBSET01/METADATA.XML PK\u0005\u0006', 'latin1'), 'IHE_XDM.ZIP', 'format-unsupported'],
    ['an archive', Buffer.from('PK\u0003\u0004 a.txt', 'latin1'), 'a.zip', 'format-unsupported'],
    ['HPRIM Médecin', hprim, 'a.hpr', 'format-unsupported'],
    ['HPRIM Santé', 'H|~^\\&|f.HPR||001~LABO||ORU\rP|1|\rL|1|', 'a.hpr', 'format-unsupported'],
    ['HPRIM XML', '<evenementsPatients xmlns="http://www.hprim.org/hprimXML"/>', 'a.xml', 'format-unsupported'],
    ['GDT', '01380006310\r\n'.replace('01380006310', '01380000310'), 'a.gdt', 'format-unsupported'],
    ['Apicrypt', 'destinataire\n$APICRYPT\nxxxx', 'a.txt', 'format-unsupported'],
    ['RTF', '{\\rtf1 bonjour}', 'a.rtf', 'format-unsupported'],
    ['a Word document', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'a.doc', 'format-unsupported'],
    ['a web page', '<!DOCTYPE html><html><body/></html>', 'a.html', 'format-unsupported'],
    ['XML with a DOCTYPE', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a/>', 'a.xml', 'xml-doctype'],
    ['other XML', '<facture/>', 'a.xml', 'format-unknown'],
    ['text', 'Bonjour', 'a.txt', 'format-unknown'],
    ['a sound', Buffer.concat([Buffer.from('RIFF\u0024\u0000\u0000\u0000WAVEfmt ', 'latin1'), Buffer.alloc(32)]), 'a.wav', 'format-unsupported'],
  ])('says what %s is', async (_, bytes, name, code) => {
    expect(await recognise(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, name)).toMatchObject({ ok: false, failure: { code } })
  })

  it('always answers, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('', '%PDF-1.4', '<', '<a', 'MSH|', 'PK\u0003\u0004', '\u00ff\u00fe<', 'H|'), async (bytes, start) => {
        const result = await recognise(new Uint8Array([...Buffer.from(start, 'latin1'), ...bytes]), 'a.pdf')
        expect(typeof result.ok).toBe('boolean')
      }),
    )
  })
})
