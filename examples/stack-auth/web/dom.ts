// Small helps with the page: nothing of a token is ever taken for markup.

/** The element with that id, of that class. */
export function find<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id)
  if (element instanceof type) return element
  throw new Error(`the page has no ${type.name} "${id}"`)
}

/** A new element. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** Sets a text only where it changes: else screen readers would say it once more. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** A button that copies a text, and says so. */
export function copier(button: HTMLButtonElement, text: () => string): void {
  const announcer = find('announcer', HTMLElement)
  const label = [...button.childNodes]
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text())
      announcer.textContent = 'Copied'
    } catch {
      announcer.textContent = 'Not copied: the browser forbids it'
    }
    button.replaceChildren(announcer.textContent === 'Copied' ? 'Copied' : 'Not copied')
    setTimeout(() => {
      button.replaceChildren(...label)
      announcer.textContent = ''
    }, 1500)
  })
}
