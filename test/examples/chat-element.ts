import 'backfold/element'
import type { BackfoldChatElement } from 'backfold/element'

export function showChat(box: HTMLElement, endpoint: string): BackfoldChatElement {
  const chat = document.createElement('backfold-chat')
  chat.setAttribute('endpoint', endpoint)
  chat.setAttribute('model', 'small')
  const parameters = { type: 'object', properties: { order: { type: 'string' } } }
  chat.tools = {
    definitions: [{ name: 'order_status', description: 'Tells where it is', parameters }],
    run: ({ input }) => `Order ${String(input['order'])} is on its way.`,
  }
  chat.addEventListener('backfold-answer', ({ detail }) => {
    box.dataset['answer'] = detail.text
  })
  box.append(chat)
  return chat
}
