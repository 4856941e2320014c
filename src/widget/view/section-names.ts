import type { Section } from '../../core/session/generation.ts'

/** The sections of a digest, in English. */
export const SECTION_NAMES: Readonly<Record<Section, string>> = {
  goal: 'Goal',
  rules: 'Rules',
  corrections: 'Corrections',
  decisions: 'Decisions',
  quotes: 'Quotes',
  facts: 'Facts',
  artifacts: 'Artifacts',
  open: 'Open items',
  state: 'State',
  hints: 'Hints for recall',
}
