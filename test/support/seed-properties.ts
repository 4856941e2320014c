import fc from 'fast-check'

/**
 * Properties draw the same values in every run, so that a red run means a changed project and not another roll of the dice. To look
 * further: `BACKFOLD_PROPERTY_SEED=7 BACKFOLD_PROPERTY_RUNS=2000 npx vitest run --project unit`. What fails there becomes an example
 * of its own in the test.
 */
fc.configureGlobal({
  seed: Number(process.env['BACKFOLD_PROPERTY_SEED'] ?? 20_240_601),
  ...(process.env['BACKFOLD_PROPERTY_RUNS'] === undefined
    ? {}
    : { numRuns: Number(process.env['BACKFOLD_PROPERTY_RUNS']) }),
})
