const element = document.querySelector('backfold-chat')
element.setAttribute('endpoint', new URLSearchParams(location.search).get('model'))
const answered = new Promise((resolve) => {
  element.addEventListener('backfold-answer', ({ detail }) => resolve(detail))
})
let result
try {
  await customElements.whenDefined('backfold-chat')
  await element.ready
  void element.send('What is **in** the box?\n\n$$x^2$$\n\n<img src=x onerror=alert(1)>')
  const { outcome, text } = await answered
  const root = element.shadowRoot
  const field = root.querySelector('[part=input]')
  const bold = await until(() => root.querySelector('strong'))
  result = {
    outcome,
    hasText: text.length > 0,
    bold: bold.textContent,
    isStyled: getComputedStyle(field).resize === 'none' && field.clientWidth > 200,
    styleElements: root.querySelectorAll('style, [style*=";"] style').length,
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
  for (;;) {
    const found = look()
    if (found) return found
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}
