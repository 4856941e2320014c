'use client'

import { useEffect } from 'react'
import { showResult } from './run-backfold.js'

/** Rendered on the server too, where the import of Backfold must do nothing. */
export function Backfold() {
  useEffect(() => {
    void showResult()
  }, [])
  return null
}
