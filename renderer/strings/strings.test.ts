import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { globalState } from '#shared/contract/status.ts'
import { itemStates, waitingFor } from '#shared/contract/items.ts'
import { reasons } from '#shared/contract/reasons.ts'
import { createTexts, languages, texts } from './index.ts'

function keysOf(tree: object, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value as object, `${prefix}${key}.`)))
}

function valuesOf(tree: object): string[] {
  return Object.values(tree).flatMap((value) => (typeof value === 'string' ? [value] : valuesOf(value as object)))
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? '').sort()
}

function at(tree: object, key: string): string {
  return key.split('.').reduce<unknown>((branch, part) => (branch as Record<string, unknown>)[part], tree) as string
}

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect(keysOf(texts.en)).toEqual(keysOf(texts.fr))
  })

  it('put in the same values in both languages', () => {
    for (const key of keysOf(texts.fr)) expect(placeholders(at(texts.en, key)), key).toEqual(placeholders(at(texts.fr, key)))
  })

  it('are all used: each family of keys is asked for somewhere in the program', () => {
    const root = path.join(import.meta.dirname, '../..')
    const sources = ['renderer', 'electron'].flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(root, folder, file)))
    const code = sources.filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.') && !file.includes('node_modules')).map((file) => readFileSync(file, 'utf8')).join('\n')
    for (const family of Object.keys(texts.fr)) expect(code, family).toMatch(new RegExp(`['"\`]${family}\\.`))
  })

  it.each(languages)('have no empty sentence in %s', (language) => {
    for (const value of valuesOf(texts[language])) expect(value.trim()).not.toBe('')
  })

  it.each(languages)('say the four things owed for every reason, and no other code, in %s', (language) => {
    expect(Object.keys(texts[language].reasons).sort()).toEqual(Object.keys(reasons).sort())
    for (const told of Object.values(texts[language].reasons)) expect(Object.keys(told)).toEqual(['title', 'what', 'safe', 'alone', 'action'])
  })

  it('keep reasons short enough to be read: a title in a row, each answer in a breath', () => {
    for (const language of languages) {
      for (const [code, told] of Object.entries(texts[language].reasons)) {
        expect(told.title.length, `${language} ${code}`).toBeLessThanOrEqual(42)
        for (const part of [told.what, told.safe, told.alone, told.action]) expect(part.length, `${language} ${code}`).toBeLessThanOrEqual(170)
      }
    }
  })

  it.each(languages)('have a word for every state in %s', (language) => {
    expect(Object.keys(texts[language].state).sort()).toEqual([...globalState.options].sort())
    expect(Object.keys(texts[language].item.state).sort()).toEqual([...itemStates].sort())
    expect(Object.keys(texts[language].item.waiting).sort()).toEqual([...waitingFor.options].sort())
  })

  it('follow French typography: no ordinary space before tall punctuation', () => {
    for (const value of valuesOf(texts.fr)) expect(value).not.toMatch(/ [:;?!»]|« /)
  })

  it('work without React, with plurals', () => {
    const fr = createTexts('fr')
    expect(fr.t('sync.needsUser', { count: 1 })).toBe('1 document attend une action')
    expect(fr.t('sync.needsUser', { count: 3 })).toBe('3 documents attendent une action')
    expect(createTexts('en').t('sync.needsUser', { count: 3 })).toBe('3 documents need you')
  })
})
