import type { Content } from '@google/genai'

/** Contents of a Gemini request, as the official client takes them. */
export type SdkGemini = Content[]
