import type { Backfold } from 'backfold'

export async function talk(backfold: Backfold, url: string, asked: string[]): Promise<unknown> {
  const fetch = backfold.fetch()
  const headers = { 'content-type': 'application/json' }
  const messages: { role: string; content: string }[] = []
  for (const content of asked) {
    messages.push({ role: 'user', content })
    const body = JSON.stringify({ model: 'any', messages })
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body })
    const { choices } = (await response.json()) as { choices: [{ message: (typeof messages)[0] }] }
    messages.push(choices[0].message)
  }
  return messages
}
