import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readElementTree } from '../../documents/index.ts'
import { documentWith, factsIn } from './facts-example.ts'
import { textOfNarrative } from './narrative-lines.ts'

/** The text of a section nothing of which is understood. */
const told = (text: string) => factsIn(documentWith('55112-7', '1', text, '')).map(({ value }) => value)

const row = (...cells: readonly string[]) => `<tr>${cells.map((cell) => (cell.startsWith('<t') ? cell : `<td>${cell}</td>`)).join('')}</tr>`
const table = (heads: readonly string[], ...rows: readonly string[]) => `<table>${heads.length > 0 ? `<thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead>` : ''}<tbody>${rows.join('')}</tbody></table>`

describe('the text of a section', () => {
  it.each([
    ['each cell under the head of its column', table(['Date', 'Résultat'], row('12/03/2026', '4,2'), row('13/03/2026', '4,5')), 'Date : 12/03/2026 | Résultat : 4,2\nDate : 13/03/2026 | Résultat : 4,5'],
    ['nothing of an empty cell or row', table(['Date', 'Résultat', 'Note'], row('12/03/2026', '', ' '), row('', '', ''), row('', '', 'vu')), 'Date : 12/03/2026\nNote : vu'],
    ['a dash, which may be an answer', table(['Germe', 'Culture'], row('Doucicoque', '-')), 'Germe : Doucicoque | Culture : -'],
    ['heads that stand among the rows', table([], row('<th>Date</th>', '<th>Motif</th>'), row('2019', 'chute'), row('<th>Germe</th>', '<th>Taux</th>'), row('Doucicoque', '10')), 'Date : 2019 | Motif : chute\nGerme : Doucicoque | Taux : 10'],
    ['heads of two rows', `<table><thead>${row('<th rowspan="2">Jour</th>', '<th colspan="2">Pression</th>')}${row('<th>haute</th>', '<th>basse</th>')}</thead><tbody>${row('lundi', '12', '8')}</tbody></table>`, 'Jour : lundi | Pression / haute : 12 | Pression / basse : 8'],
    ['a high first cell in each of its rows, what stands beside it under its own head', table(['Jour', 'Heure', 'Pouls'], row('<td rowspan="2">lundi</td>', '8 h', '70'), row('9 h', '72')), 'Jour : lundi | Heure : 8 h | Pouls : 70\nJour : lundi | Heure : 9 h | Pouls : 72'],
    ['another high cell once', table(['Heure', 'Pouls', 'Avis'], row('8 h', '70', '<td rowspan="2">stable</td>'), row('9 h', '72')), 'Heure : 8 h | Pouls : 70 | Avis : stable\nHeure : 9 h | Pouls : 72'],
    ['a cell over all of a table by itself', table(['Jour', 'Pouls'], row('<td colspan="2">au repos</td>'), row('lundi', '70')), 'au repos\nJour : lundi | Pouls : 70'],
    ['heads no row is cut as, before them', table(['Jour', 'Heure', 'Pouls'], row('lundi', '70')), 'Jour | Heure | Pouls\nlundi | 70'],
    ['heads without a row', table(['Jour', 'Pouls']), 'Jour | Pouls'],
    ['a question before its answer', table([], row('<th>Tabac</th>', 'non'), row('Alcool :', 'non')), 'Tabac | non\nAlcool : | non'],
    ['titles and captions', `Surveillance<table><caption>Pouls</caption><tbody>${row('<th>Au repos</th>')}${row('lundi', '70')}</tbody></table>`, 'Surveillance\nPouls\nAu repos\nlundi | 70'],
    ['lines of a cell', table(['Médicament', 'Prise'], row('CALMIFÈNE', '<paragraph>1 le matin</paragraph><list><item>au repas</item><item>assis</item></list>')), 'Médicament : CALMIFÈNE | Prise : 1 le matin ; au repas ; assis'],
    ['a table inside a cell', table([], row(table(['Jour', 'Pouls'], row('lundi', '70')))), 'Jour : lundi | Pouls : 70'],
    ['paragraphs, items and lines', '<paragraph>Va bien.</paragraph><list><item>marche</item><item>dort</item></list>Revu<br/>demain', 'Va bien.\nmarche\ndort\nRevu\ndemain'],
  ])('tells %s', (_, text, said) => {
    expect(told(text)).toEqual([said])
  })

  it('loses no word but those of heads, whatever stands in what', () => {
    let count = 0
    const word = fc.constant(null).map(() => `mot${(count += 1)}x`)
    const span = fc.constantFrom('', ' colspan="2"', ' rowspan="2"', ' colspan="9999999"')
    const { content } = fc.letrec<{ content: string; table: string }>((tie) => ({
      content: fc.oneof({ maxDepth: 4 }, word, fc.tuple(fc.constantFrom('paragraph', 'content', 'list', 'item', 'br', 'caption', 'sub'), fc.array(tie('content'), { maxLength: 3 })).map(([name, inner]) => `<${name}>${inner.join(' ')}</${name}>`), tie('table')),
      table: fc.array(fc.tuple(fc.constantFrom('thead', 'tbody', 'tfoot', ''), fc.array(fc.tuple(fc.constantFrom('td', 'th'), span, tie('content')), { maxLength: 4 })), { maxLength: 4 })
        .map((rows) => `<table>${rows.map(([part, cells]) => `${part && `<${part}>`}<tr>${cells.map(([name, wide, inner]) => `<${name}${wide}>${name === 'th' || part === 'thead' ? 'tête' : inner}</${name}>`).join('')}</tr>${part && `</${part}>`}`).join('')}</table>`),
    }))
    fc.assert(
      fc.property(fc.array(content, { maxLength: 4 }), (inner) => {
        const tree = readElementTree(Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><text>${inner.join('')}</text></ClinicalDocument>`))
        const text = tree.ok ? tree.value.nodes.find((node) => typeof node !== 'string') : undefined
        if (text === undefined || typeof text === 'string') throw new Error('unreadable')
        const written = textOfNarrative(text) ?? ''
        for (const [one] of inner.join('').matchAll(/mot\d+x/g)) expect(written).toContain(one)
      }),
      { numRuns: 200 },
    )
  })
})
