/** What can be a card's PIN; anything else is not worth one of its tries. Apart from the schemas, so that a window loads no more than this. */
export const pinForm = /^\d{4,16}$/
