const element = document.querySelector('backfold-chat')
element.setAttribute('endpoint', new URLSearchParams(location.search).get('model'))
const answered = new Promise((resolve) => {
  element.addEventListener('backfold-answer', ({ detail }) => resolve(detail))
})
let result
try {
  await customElements.whenDefined('backfold-chat')
  await element.ready
  void element.send('What is in the box? <img src=x onerror=alert(1)>')
  const { outcome, text } = await answered
  const root = element.shadowRoot
  const field = root.querySelector('[part=input]')
  const drawn = await until(() => /proxy/.exec(root.querySelector('.bf-rows')?.textContent ?? ''))
  result = {
    outcome,
    hasText: text.length > 0,
    drawn: drawn[0],
    isStyled: getComputedStyle(field).resize === 'none' && field.clientWidth > 200,
    styleElements: root.querySelectorAll('style').length,
    session: element.session.id,
  }
} catch (failure) {
  result = { failed: { name: failure.name, code: failure.code, message: failure.message } }
}
const shown = document.createElement('pre')
shown.id = 'result'
shown.textContent = JSON.stringify(result)
document.documentElement.append(shown)

/** Until the page has drawn it. */
async function until(look) {
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const found = look()
    if (found) return found
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  throw new Error(`not drawn: ${element.shadowRoot.textContent}`)
}
