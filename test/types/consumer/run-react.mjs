/** The entry for React loads where there is no browser, and draws. */
import { BackfoldProvider, ContextGauge } from 'backfold/react'
import { createElement, isValidElement } from 'react'

if (!isValidElement(createElement(BackfoldProvider, null, createElement(ContextGauge)))) {
  throw new Error('the components are none of this React')
}
