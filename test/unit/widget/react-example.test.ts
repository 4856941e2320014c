import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('[REACT17] the README shows the example as it is run on React 18', () => {
  const example = readFileSync('test/hosts/react-18/chat-panel.tsx', 'utf8')
  const { dependencies } = JSON.parse(readFileSync('test/hosts/react-18/package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  expect(readFileSync('README.md', 'utf8')).toContain(`\`\`\`tsx\n${example}\`\`\`\n`)
  expect(example.trimEnd().split('\n').length).toBeLessThan(20)
  expect(dependencies['react']).toMatch(/^18\./)
})
