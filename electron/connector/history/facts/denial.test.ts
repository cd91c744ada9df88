import { expect, it } from 'vitest'
import { deniesAll, onlyDenies } from './denial.ts'

it.each(['Aucune allergie connue', 'AUCUNE ALLERGIE CONNUE.', 'Pas d’allergie médicamenteuse ni alimentaire', 'Allergies | Non', 'Allergies : néant', 'RAS', 'Absence d\'allergie à ce jour. Pas d\'intolérance.'])('takes "%s" for a denial', (text) => {
  expect(deniesAll(text)).toBe(true)
})

it.each(['Aucune allergie sauf pénicilline', 'Pas d’allergie à la pénicilline', 'Allergie alimentaire', 'Pas d’allergie médicamenteuse, allergie alimentaire', 'Aucune allergie connue ; latex', 'Allergies inconnues', 'Iode', '', '-', 'Allergie médicamenteuse | Oui | Allergie alimentaire | Non', 'Allergie médicamenteuse non identifiée', 'Allergies : non connues', 'Non précisée', 'Pas d’autre allergie', 'Allergies : pas connues'])('takes "%s" for none', (text) => {
  expect(deniesAll(text)).toBe(false)
})

it.each(['Aucun antécédent cardiaque', 'Pas d’asthme, ni d’eczéma', 'Antécédents | Non', 'Sans particularité', 'Absence de diabète. Aucun', 'Antécédents : aucun', 'Pas d’allergie ni d’intolérance connue', 'Aucune allergie médicamenteuse ou alimentaire connue', 'Pas d’allergie médicamenteuse et alimentaire', 'Aucun (RAS)'])('takes "%s" for a text that only denies', (text) => {
  expect(onlyDenies(text)).toBe(true)
})

it.each(['Aucun antécédent sauf asthme', 'Aucun antécédent, à part un asthme', 'Aucun antécédent cardiaque, asthme dans l’enfance', 'Asthme sans gravité', 'Inconnu', 'Non connus', 'Pas encore demandé', 'Asthme',
  'Pas de diabète et asthme allergique', 'Absence de rate depuis 2010 (splénectomie)', 'Absence de rate (splénectomie)', 'Aucun traitement avant 2019 puis metformine', 'Aucun traitement puis metformine', 'Aucun traitement avant 2019',
  'Aucun antécédent chirurgical - asthme dans l’enfance', 'Aucun | Asthme', 'Pas de diabète : asthme', 'Pas de diabète et allergie alimentaire', 'Aucun autre antécédent'])('takes "%s" for one that says something', (text) => {
  expect(onlyDenies(text)).toBe(false)
})
