/** The few icons of the product, one stroke style. An icon never carries meaning alone: a word or a label is always with it. */
export { ChevronLeft, ChevronRight, Copy, FolderDown, ListFilter, Minus, Plus, Printer, RotateCw, Search, X } from 'lucide-react'
