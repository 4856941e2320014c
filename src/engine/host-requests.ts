import type { RequestHandlers } from './request-handlers.ts'

/** Passes every request on as it is. */
export function createHostRequests(): Pick<
  RequestHandlers,
  'planRequest' | 'rescueRequest' | 'recordAnswer' | 'continueRequest'
> {
  return {
    planRequest: async () => ({ kind: 'pass', reason: 'failed' }),
    rescueRequest: async () => ({ kind: 'pass', reason: 'failed' }),
    recordAnswer: async () => ({ kind: 'ignored', reason: 'not planned' }),
    continueRequest: async () => ({ kind: 'done' }),
  }
}
