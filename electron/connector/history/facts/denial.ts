import { bareWords } from './elements.ts'

const denial = /^(aucune?s?|absence|neant|nil|ras|rien|sans)$/
/** Words of a sentence that denies and names nothing: one more, an agent's or an exception's, and it says something. */
const emptyWords = new Set(
  ['d', 'de', 'des', 'a', 'ce', 'jour', 'ni', 'ou', 'du', 'patient', ...['antecedent', 'allergie', 'allergique', 'intolerance', 'hypersensibilite', 'medicamenteuse', 'alimentaire', 'particuliere',
    'connue', 'declaree', 'rapportee', 'signalee', 'retrouvee', 'notee', 'identifiee', 'particulier', 'connu', 'declare', 'rapporte', 'signale', 'retrouve', 'note', 'identifie'].flatMap((word) => [word, `${word}s`])],
)
const exceptions = new Set(['sauf', 'hormis', 'excepte', 'hors', 'mais', 'part', 'dehors', 'avant', 'depuis', 'autre', 'autres'])

type Clause = readonly string[]

const sentencesOf = (text: string): string[] => text.split(/[.;,\n]/).filter((sentence) => bareWords(sentence) !== '')

const clausesOf = (text: string): Clause[] => sentencesOf(text).map((sentence) => bareWords(sentence).split(' '))

/** A text without any of these words denies nothing: hardly any has one. */
const mayDeny = (text: string) => /(?:^| )(?:aucune?s?|absence|neant|nil|ras|rien|sans|non|pas|ni)(?: |$)/.test(bareWords(text))

/** "Non" is an answer where it ends, "pas" of what it is told: "non précisée" and "pas connue" are doubts, no denials. */
function isDenial(word: string, at: number, words: Clause): boolean {
  return denial.test(word) || (word === 'non' && at === words.length - 1) || (word === 'pas' && (words[at + 1] === 'd' || words[at + 1] === 'de'))
}

const namesNothing = (words: Clause) => words.some(isDenial) && words.every((word, at) => isDenial(word, at, words) || emptyWords.has(word))

/** Whether a text says that there is none, and nothing else: each of its clauses denies and none names anything. */
export function deniesAll(text: string): boolean {
  const clauses = mayDeny(text) ? clausesOf(text) : []
  return clauses.length > 0 && clauses.every(namesNothing)
}

/** What a denial may be followed by, in the same breath, that it does not deny. */
const turns = /[|:(]|\s[-–—]\s|\s(?:et|puis)\s/i

const begins = (words: Clause) => words[0] === 'ni' || isDenial(words[0] ?? '', 0, words)

/** What may be had: named after a denial, it is not denied. */
const hadThings = /^(antecedent|allergi|intolerance|hypersensibilite)/

/** Whether a sentence denies by name in each of its parts, but for one that only goes on ("et alimentaire"). */
function deniesByName(sentence: string): boolean {
  const parts = sentence.split(turns).flatMap(clausesOf)
  const denies = (words: Clause) => begins(words) && !words.some((word) => exceptions.has(word))
  return parts.every((words, at) => denies(words) || (at > 0 && words.every((word) => emptyWords.has(word) && !hadThings.test(word))))
}

/** Whether a text only denies, be it by name ("pas d'asthme") and without an exception: what a list that is empty may say. */
export function onlyDenies(text: string): boolean {
  return sentencesOf(text).every((sentence) => clausesOf(sentence).every(namesNothing) || deniesByName(sentence))
}

/** Whether a text denies anything, whatever else it says. */
export function deniesSomething(text: string): boolean {
  return mayDeny(text) && clausesOf(text).some((words) => namesNothing(words) || begins(words))
}
