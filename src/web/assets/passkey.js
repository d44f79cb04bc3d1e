// Passkeys. A form with `data-passkey` names where its challenge comes from; it is hidden without this script.
// `data-make` makes a new passkey. Otherwise the form asks for one, and the browser also offers passkeys in the
// field whose `autocomplete` ends with `webauthn`.
// @ts-check
const offered = new AbortController()

const challenge = async (/** @type {string} */ path) => {
  const answer = await fetch(path, { method: 'POST' })
  const said = await answer.json()
  if (!answer.ok) throw new Error(said.message)
  return said
}

const credential = async (/** @type {any} */ asked, /** @type {boolean} */ make, /** @type {any} */ more = {}) => {
  const keys = /** @type {any} */ (PublicKeyCredential)
  const publicKey = make
    ? keys.parseCreationOptionsFromJSON(asked.publicKey)
    : keys.parseRequestOptionsFromJSON(asked.publicKey)
  const { credentials } = navigator
  return make ? credentials.create({ publicKey }) : credentials.get({ publicKey, ...more })
}

const send = (/** @type {HTMLFormElement} */ form, /** @type {any} */ asked, /** @type {any} */ answer) => {
  const fill = (/** @type {string} */ name, /** @type {string} */ text) => {
    const input = form.elements.namedItem(name)
    if (input instanceof HTMLInputElement) input.value = text
  }
  fill('challenge', asked.challenge)
  fill('credential', JSON.stringify(answer))
  form.submit()
}

const press = async (/** @type {HTMLFormElement} */ form) => {
  const say = (/** @type {string} */ text) => {
    for (const note of form.querySelectorAll('[role="alert"]')) {
      note.textContent = text
      note.toggleAttribute('hidden', !text)
    }
  }
  say('')
  try {
    offered.abort()
    const asked = await challenge(form.dataset.passkey ?? '')
    send(form, asked, await credential(asked, 'make' in form.dataset))
  } catch (error) {
    const ended = error instanceof DOMException && error.name === 'NotAllowedError'
    say(ended ? 'No passkey was used. Try again, or use another way.' : 'The passkey could not be asked. Try again.')
    for (const button of form.querySelectorAll('button')) button.disabled = false
  }
}

// The browser offers the passkeys that it has, when the reader is in the field of the address.
const offer = async (/** @type {HTMLFormElement} */ form) => {
  const keys = /** @type {any} */ (PublicKeyCredential)
  if (!document.querySelector('[autocomplete~="webauthn"]')) return
  if (!(await keys.isConditionalMediationAvailable?.())) return
  try {
    const asked = await challenge(form.dataset.passkey ?? '')
    const more = { mediation: 'conditional', signal: offered.signal }
    send(form, asked, await credential(asked, false, more))
  } catch {
    // Nobody asked for it yet, so nobody has to hear of it.
  }
}

const able = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential
for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!able || !(form instanceof HTMLFormElement)) continue
  form.hidden = false
  form.addEventListener('submit', event => {
    event.preventDefault()
    press(form)
  })
  if (!('make' in form.dataset)) offer(form)
}
