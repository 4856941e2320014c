/**
 * Runs of a property over what is drawn for a whole message format, where a rare mixture is what breaks it. More with
 * `BACKFOLD_PROPERTY_RUNS`: the draws are the same in every run, so that a large number finds something once, not every day.
 */
export const PROPERTY_RUNS: number = Number(process.env['BACKFOLD_PROPERTY_RUNS'] ?? 500)
