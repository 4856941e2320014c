import type { ResponseInputItem } from 'openai/resources/responses/responses'

/** Input of the Responses API, as the official client takes it. */
export type SdkResponses = ResponseInputItem[]
