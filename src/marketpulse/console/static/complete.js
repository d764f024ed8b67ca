// What may come next in a query: a list below the field, chosen by arrow keys and Enter or by a click.
// Without this script the page is whole; nothing is taken from elsewhere, and no text of an answer becomes markup.
'use strict'
const field = document.querySelector('textarea[data-words]')
if (field) {
  const list = document.getElementById('words')
  const said = document.getElementById('words-said')
  const style = getComputedStyle(field)
  let found = [], length = 0, chosen = -1, asked = 0, waiting = 0
  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-controls', 'words')
  field.setAttribute('aria-haspopup', 'listbox')

  function close() {
    clearTimeout(waiting)
    asked++
    found = []; chosen = -1
    list.hidden = true
    list.replaceChildren()
    said.textContent = ''
    field.removeAttribute('aria-activedescendant')
  }

  function choose(number) {
    if (chosen >= 0) list.children[chosen].setAttribute('aria-selected', 'false')
    chosen = (number + found.length) % found.length
    const item = list.children[chosen]
    item.setAttribute('aria-selected', 'true')
    field.setAttribute('aria-activedescendant', item.id)
  }

  function put(number) {
    const { text } = found[number], end = field.selectionStart
    field.setSelectionRange(end - length, end)
    // The only way by which the browser can still undo it.
    if (!document.execCommand('insertText', false, text)) field.setRangeText(text, end - length, end, 'end')
    close()
    field.focus()
  }

  function item(each, number) {
    const line = document.createElement('li'), name = document.createElement('code'), about = document.createElement('span')
    line.id = `word-${number}`
    line.setAttribute('role', 'option')
    line.setAttribute('aria-selected', 'false')
    name.textContent = each.shown
    about.textContent = [each.kind, each.about].filter(Boolean).join(' · ')
    line.append(name, about)
    line.addEventListener('pointerdown', event => { event.preventDefault(); put(number) })
    return line
  }

  // Below the line of the cursor, as far as the field shows it.
  function place() {
    const lines = field.value.slice(0, field.selectionStart).split('\n').length
    const below = parseFloat(style.paddingTop) + lines * parseFloat(style.lineHeight) - field.scrollTop
    list.style.top = `${field.offsetTop + Math.min(Math.max(below, 0), field.clientHeight) + 4}px`
  }

  async function ask() {
    const mine = ++asked, at = field.selectionStart
    if (at !== field.selectionEnd) return close()
    const form = new URLSearchParams({ before: field.value.slice(0, at), after: field.value.slice(at) })
    const answer = await fetch('/sql/words', { method: 'POST', body: form }).catch(() => null)
    if (mine !== asked || !answer || !answer.ok || field.selectionStart !== at) return
    const told = await answer.json()
    if (mine !== asked) return
    close()
    if (!told.words.length) return
    ({ words: found, length } = told)
    list.replaceChildren(...found.map(item))
    place()
    list.hidden = false
    said.textContent = `${found.length} to choose from: arrow keys, then Enter`
  }

  field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(ask, 60) })
  field.addEventListener('blur', close)
  field.addEventListener('click', close)
  field.addEventListener('keydown', event => {
    const { key, ctrlKey, metaKey } = event
    if ((ctrlKey || metaKey) && key === 'Enter') { event.preventDefault(); field.form.requestSubmit(field.form.querySelector('button.main')); return }
    if (ctrlKey && key === ' ') { event.preventDefault(); ask(); return }
    if (list.hidden) return
    if (key === 'ArrowDown') { event.preventDefault(); choose(chosen + 1) }
    else if (key === 'ArrowUp') { event.preventDefault(); choose(chosen < 0 ? found.length - 1 : chosen - 1) }
    else if (key === 'Escape') { event.preventDefault(); close() }
    else if ((key === 'Enter' || key === 'Tab') && chosen >= 0) { event.preventDefault(); put(chosen) }
    else if (['ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter', 'Tab'].includes(key)) close()
  })
}
