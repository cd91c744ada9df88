import { describe, expect, it } from 'vitest'
import { textOfSections } from './narrative-text.ts'
import { readCdaBody } from './read-cda-body.ts'

describe('the text of a narrative', () => {
  it('has titles, cells, items and captions apart, and a word whole whose half is bold', () => {
    const text = `<paragraph>Pro<content styleCode="Bold">thrombine</content><br/>basse</paragraph><table><caption>NFS</caption><tbody><tr><td>Hb</td><td>13</td></tr></tbody></table>
      <list><item>un</item><item>deux</item></list>`
    const section = (title: string, inner: string) => `<component><section><title>${title}</title>${inner}</section></component>`
    const body = readCdaBody(Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>${section('Biologie', `<text>${text}</text>${section('Suite', '<text>fin</text>')}`)}</structuredBody></component></ClinicalDocument>`))
    if (!body.ok) throw new Error(body.failure.code)
    expect(textOfSections(body.value.sections).replaceAll(/\s+/g, ' ').trim()).toBe('Biologie Prothrombine basse NFS Hb 13 un deux Suite fin')
  })
})
