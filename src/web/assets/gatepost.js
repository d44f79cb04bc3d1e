// Every page works without this file. It adds copying, times by the reader's clock, one post for each press, and the
// token of a mailed link. It sets text only by textContent.
// @ts-check
const all = (/** @type {string} */ what) => document.querySelectorAll(what)
const said = document.querySelector('#said') // a status: screen readers read out what is put there

const localTimes = () => {
  for (const time of all('time[datetime]')) {
    const when = new Date(/** @type {HTMLTimeElement} */ (time).dateTime)
    time.setAttribute('title', time.textContent ?? '')
    time.textContent = when.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  }
}

const copyButtons = () => {
  if (!isSecureContext) return // without a clipboard the text can still be selected
  for (const button of all('button[data-copy]')) {
    button.removeAttribute('hidden')
    button.addEventListener('click', async () => {
      const { copy = '' } = /** @type {HTMLElement} */ (button).dataset
      const text = copy.startsWith('#') ? document.querySelector(copy)?.textContent : copy
      await navigator.clipboard.writeText(text ?? '')
      if (said) said.textContent = 'Copied.'
    })
  }
}

const revealButtons = () => {
  for (const button of all('button[data-reveal]')) {
    const input = document.querySelector(/** @type {HTMLElement} */ (button).dataset.reveal ?? '')
    if (!(input instanceof HTMLInputElement)) continue
    button.removeAttribute('hidden')
    button.addEventListener('click', () => {
      const shown = input.type === 'text'
      input.type = shown ? 'password' : 'text'
      if (button.firstChild) button.firstChild.textContent = shown ? 'Show' : 'Hide'
    })
  }
}

// What identifies a mailed link stands after `#`, which browsers do not send. The form of such a page posts it.
const openLink = () => {
  const input = document.querySelector('input[data-link]')
  if (!(input instanceof HTMLInputElement) || location.hash.length < 2) return
  input.value = location.hash.slice(1)
  const back = performance.getEntriesByType('navigation').some(entry => /** @type {any} */ (entry).type === 'back_forward')
  if (!back) input.form?.requestSubmit()
}

const openLinks = () => {
  openLink()
  addEventListener('hashchange', openLink)
}

const onePost = () => {
  document.addEventListener('submit', event => {
    const { submitter } = event
    if (submitter instanceof HTMLButtonElement) setTimeout(() => (submitter.disabled = true))
  })
  addEventListener('pageshow', () => {
    for (const button of all('button:disabled')) button.removeAttribute('disabled')
  })
}

// Back restores a page from memory, also one that must not be stored. So a secret leaves the page with its reader.
const forgetSecrets = () => {
  addEventListener('pagehide', () => {
    for (const secret of all('[data-secret]')) {
      if (secret instanceof HTMLInputElement) secret.value = ''
      else secret.textContent = 'shown once'
    }
  })
}

for (const part of [localTimes, copyButtons, revealButtons, openLinks, onePost, forgetSecrets]) part()
