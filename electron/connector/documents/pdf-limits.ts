/** What a PDF may cost before it is given up. */
export interface PdfLimits {
  /** Pages; more than a report ever has. */
  readonly pages: number
  /** Pixels of one picture: an A0 sheet scanned at 300 dpi has 140 million. */
  readonly pixels: number
}

export const usualPdfLimits: PdfLimits = { pages: 2000, pixels: 250_000_000 }
