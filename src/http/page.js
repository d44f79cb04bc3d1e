// The pages behind links. What identifies a link stands after `#`, which browsers do not send: opening a page changes
// nothing. Texts are set only with textContent. Messages of the API are translated before a person sees them.
const $ = id => document.getElementById(id)
const all = what => document.querySelectorAll(what)
const [form, token] = [$('form'), location.hash.slice(1)]

const ask = async (path, body, method = 'POST') => {
  try {
    const headers = body ? { 'content-type': 'application/json' } : {}
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) })
    const said = await answer.json().catch(() => ({}))
    return { status: answer.status, ok: answer.ok, said, id: answer.headers.get('x-request-id') }
  } catch {
    return { status: 0, ok: false, said: {} }
  }
}

// What went wrong, for everybody; `otherwise` is what the page says of a refusal.
const trouble = ({ status, id }, otherwise) => {
  if (status === 0) return 'The server did not answer. Check your connection and try again.'
  if (status === 429 || status === 503) return 'The server is busy. Wait a minute and try again.'
  if (status >= 500) return `Something went wrong on the server. Try again. If it happens again, give the operator this number: ${id}`
  return otherwise
}

const fail = (text, note = $('failed')) => {
  note.textContent = text
  note.hidden = false
  note.focus()
}

const end = () => {
  for (const part of all('#form, #facts, #intro, #question')) part.hidden = true
  $('dead').hidden = false
}

const fill = facts => {
  for (const place of all('[data-fact]')) {
    const fact = facts[place.dataset.fact]
    if (typeof fact !== 'string') continue
    const date = /^\d{4}-\d\d-\d\dT/.test(fact)
    place.textContent = date ? new Date(fact).toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'short' }) : fact
  }
  for (const input of all('input[readonly]')) input.value = facts[input.name] ?? ''
  if (facts.brand_name) {
    $('brand').textContent = facts.brand_name
    $('brand').style.setProperty('--brand', facts.brand_color)
    $('brand').hidden = false
  }
}

const mark = (input, text) => {
  const place = $(`${input.id}-wrong`)
  place.textContent = text
  place.hidden = !text
  if (text) input.setAttribute('aria-invalid', 'true')
  else input.removeAttribute('aria-invalid')
}

// Marks every field that cannot be right, and says whether there is none.
const check = () => {
  const inputs = [...form.querySelectorAll('input')].filter(input => input.offsetParent && !input.readOnly)
  for (const input of inputs) {
    const short = [...input.value].length < Number(input.dataset.least ?? 0)
    const missing = input.required && !input.value.trim()
    mark(input, missing ? input.dataset.missing : short || !input.validity.valid ? input.dataset.wrong : '')
  }
  const wrong = inputs.find(input => input.hasAttribute('aria-invalid'))
  wrong?.focus()
  return !wrong
}

// The field that a refusal is about, with what its person can do.
const blame = message => {
  const input = $(/^body\/(\w+) /.exec(message)?.[1] ?? '')
  if (!input || input.readOnly) return false
  let text = input.dataset.wrong
  if (/harder to guess/.test(message)) text = 'This password is too easy to guess. Choose a few words that are neither your name nor your address.'
  if (/of the user with this address/.test(message)) text = 'You already have a user on this server. Enter its current password. After five wrong passwords the link stops working.'
  mark(input, text)
  input.focus()
  return true
}

const done = said => {
  for (const part of all('#form, #facts, #intro, #question')) part.hidden = true
  fill(said)
  $('title').textContent = $('done').dataset.title
  if ($('keyed')) {
    $('keyed').hidden = !said.api_key
    $('keyless').hidden = Boolean(said.api_key)
  }
  $('done').hidden = false
  $('done').focus()
}

// One press, one call.
const pressed = async (button, act) => {
  button.disabled = true
  try {
    await act()
  } finally {
    button.disabled = false
  }
}

const send = async () => {
  $('failed').hidden = true
  if (!check()) return
  const typed = [...form.querySelectorAll('input')].filter(input => !input.readOnly).map(input => [input.name, input.value])
  const answer = await ask(form.dataset.action, { token, ...Object.fromEntries(typed) })
  const message = answer.said.message ?? ''
  if (answer.ok) done(answer.said)
  else if (answer.status === 410 || /^body\/token /.test(message)) end()
  else if (answer.status !== 400 || !blame(message)) fail(trouble(answer, form.dataset.refused))
}

const show = async () => {
  if (!token) return end()
  if (!form.dataset.show) return void (form.hidden = false)
  const answer = await ask(form.dataset.show, { token })
  if (answer.ok) {
    fill(answer.said)
    if ($('facts')) $('facts').hidden = false
    form.hidden = false
  } else if (answer.status === 400) end()
  else {
    $('dead-text').textContent = trouble(answer, form.dataset.refused)
    $('dead').hidden = false
  }
}

// An invitation into a group: its owner signs in, sees who invites, and answers.
const [link, workspace] = token.split('.')
let signedIn

const asAnother = () => {
  signedIn = undefined
  for (const field of ['password', 'code']) $(field).value = ''
  $('code').closest('.field').hidden = true
  $('signed-in').hidden = true
  $('credentials').hidden = false
}

const welcome = async () => {
  if (!link || !workspace) return end()
  const me = await ask('/api/v2/me', undefined, 'GET')
  $('code').closest('.field').hidden = true
  if (me.ok) {
    signedIn = me.said
    fill(me.said)
    $('signed-in').hidden = false
    $('credentials').hidden = true
  }
  form.hidden = false
}

const signIn = async () => {
  const [email, password, code] = [$('email'), $('password'), $('code')]
  if (code.offsetParent) {
    const given = code.value.trim()
    const answer = await ask('/auth/second-factor', /^\d{6}$/.test(given) ? { code: given } : { recovery_code: given })
    if (answer.ok) return true
    return fail(trouble(answer, 'The code is wrong or was already used. Enter the next code that your app shows.'))
  }
  const answer = await ask('/auth/sign-in', { email: email.value, password: password.value, workspace_id: workspace })
  if (!answer.ok) return fail(trouble(answer, 'The e-mail address or the password is wrong, or there were too many tries. Try again, or wait a quarter of an hour.'))
  if (answer.said.next === 'done') return true
  if (answer.said.next === 'enrol_second_factor') return fail('This workspace requires a second factor. Add one to your user first.')
  if (!answer.said.second_factors.includes('totp')) return fail('Your second factor is a passkey. This page cannot ask for it; answer the invitation by the API.')
  code.closest('.field').hidden = false
  code.focus()
  return false
}

const goOn = async () => {
  $('failed').hidden = true
  if (!signedIn && (!check() || !(await signIn()))) return
  if (signedIn && signedIn.workspace_id !== workspace) {
    const answer = await ask('/auth/switch', { workspace_id: workspace })
    if (!answer.ok) {
      asAnother()
      return fail(trouble(answer, 'You are not a member of the workspace that is invited. Sign in as its owner.'))
    }
  }
  const group = await ask('/api/v2/workspace-group-members/admin', undefined, 'GET')
  if (!group.ok) return fail(trouble(group, form.dataset.refused))
  const { invitation } = group.said
  if (invitation?.workspace_group_member_id !== link) return end()
  fill({ workspace_name: invitation.workspace_name, owner: invitation.email })
  form.hidden = true
  $('intro').hidden = true
  $('question').hidden = false
  $('question').focus()
}

const reply = async () => {
  const answer = await ask(form.dataset.answer.replace('{id}', encodeURIComponent(link)))
  if (answer.ok) return done({})
  if (answer.status === 404) return end()
  if (answer.status !== 401) return fail(trouble(answer, form.dataset.refused), $('refused'))
  asAnother()
  $('question').hidden = true
  form.hidden = false
  fail('You signed in some time ago. Enter your password again to confirm that it is you.')
}

form.addEventListener('submit', event => {
  event.preventDefault()
  pressed(form.querySelector('.main'), form.dataset.answer ? goOn : send)
})
$('another')?.addEventListener('click', asAnother)
$('answer')?.addEventListener('click', () => pressed($('answer'), reply))
for (const input of all('input')) input.addEventListener('input', () => mark(input, ''))
for (const button of all('[data-reveal]')) {
  button.addEventListener('click', () => {
    const input = $(button.dataset.reveal)
    const hide = input.type === 'text'
    input.type = hide ? 'password' : 'text'
    button.textContent = hide ? 'Show' : 'Hide'
    button.setAttribute('aria-pressed', String(!hide))
  })
}
for (const button of all('[data-copy]')) {
  button.hidden = !isSecureContext // elsewhere there is no clipboard
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText($(button.dataset.copy).textContent)
    button.textContent = 'Copied'
  })
}
addEventListener('hashchange', () => location.reload())
addEventListener('pagehide', () => {
  for (const secret of all('[data-fact="api_key"], input')) secret.tagName === 'INPUT' ? (secret.value = '') : (secret.textContent = '')
})
form.dataset.answer ? welcome() : show()
