import { GoogleGenAI, type Content } from '@google/genai'
import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const httpOptions = { baseUrl: url, fetch: backfold.fetch() }
  const gemini = new GoogleGenAI({ apiKey: 'your key', httpOptions })
  const contents: Content[] = []
  for (const text of asked) {
    contents.push({ role: 'user', parts: [{ text }] })
    const stream = await gemini.models.generateContentStream({ model: 'gemini-pro', contents })
    let said = ''
    for await (const chunk of stream) said += chunk.text ?? ''
    contents.push({ role: 'model', parts: [{ text: said }] })
  }
  return contents
}
