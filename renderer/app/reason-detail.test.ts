import { describe, expect, it } from 'vitest'
import { headerDetail } from '#shared/contract/header-facts.ts'
import { createTexts } from '../strings/index.ts'
import { reasonDetail } from './reason-detail.ts'

const [fr, en] = [createTexts('fr'), createTexts('en')]

describe('the technical line of a failure', () => {
  it('names in a sentence what a header lacks', () => {
    const detail = headerDetail([{ element: 'languageCode' }, { element: 'custodian' }])
    expect(reasonDetail('cda-header-incomplete', detail, 'fr', fr.t)).toBe('Il manque\u00a0: la langue (languageCode, fr-FR) et la structure qui conserve le document (custodian).')
    expect(reasonDetail('cda-header-incomplete', detail, 'en', en.t)).toBe('Missing: the language (languageCode, fr-FR) and the structure that keeps the document (custodian).')
  })

  it('names what is wrong in it, and what no text names by its own name', () => {
    const detail = headerDetail([{ element: 'title', remark: 'misplaced' }, { element: 'foo', remark: 'unknown' }, { element: 'versionNumber' }])
    expect(reasonDetail('cda-header-invalid', detail, 'fr', fr.t)).toBe(
      'À corriger\u00a0: le titre (title, 128 caractères au plus) (mal placé), foo (élément inconnu) et le numéro de version (versionNumber, à partir de 1).',
    )
  })

  it('is left as it is where it says something else', () => {
    expect(reasonDetail('cda-header-invalid', 'languageCode français', 'fr', fr.t)).toBe('languageCode français')
    expect(reasonDetail('cda-header-incomplete', 'author/toString', 'fr', fr.t)).toBe('author/toString')
    expect(reasonDetail('cda-id-invalid', 'id', 'fr', fr.t)).toBe('id')
  })
})
