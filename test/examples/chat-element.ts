import 'backfold/element'
import type { BackfoldChatElement } from 'backfold/element'

/** A chat in a box of the page: answers come from the page's own server, a tool from the page. */
export function showChat(box: HTMLElement, endpoint: string): BackfoldChatElement {
  const chat = document.createElement('backfold-chat')
  chat.setAttribute('endpoint', endpoint)
  chat.setAttribute('model', 'small')
  chat.setAttribute('session', 'support-42')
  chat.setAttribute('budget', '32000')
  chat.tools = {
    definitions: [
      {
        name: 'order_status',
        description: 'Tells where an order is',
        parameters: { type: 'object', properties: { order: { type: 'string' } } },
      },
    ],
    run: ({ input }) => `Order ${String(input['order'])} is on its way.`,
  }
  chat.addEventListener('backfold-answer', ({ detail }) => {
    box.dataset['answer'] = detail.text
  })
  box.append(chat)
  return chat
}
