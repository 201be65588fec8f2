// Acts on a Workspace with Google's own client for Node.js and prints, as one
// line of JSON for each step, what that client made of the answer.
const { admin } = require('@googleapis/admin')
const { JWT } = require('google-auth-library')

const site = process.env.GOOGLE_SITE
const key = JSON.parse(process.env.GOOGLE_KEY)
const scope = 'https://www.googleapis.com/auth/admin.directory.'

// signIn returns a client that acts for somebody. Its token address is fixed in
// the library, so the request is sent elsewhere at the last moment.
function signIn (subject, ...scopes) {
  const version = scopes[0] === 'datatransfer_v1' ? scopes.shift() : 'directory_v1'
  const auth = new JWT({ email: key.client_email, key: key.private_key, keyId: key.private_key_id, subject, scopes })
  auth.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (config.url.href === key.token_uri) config.url = new URL('/token', site)
      return config
    }
  })
  return admin({ version, auth, rootUrl: site, retry: false })
}

async function step (name, call, pick) {
  let said
  try {
    const answer = await call()
    said = { status: answer.status, data: pick(answer.data) }
  } catch (e) {
    const first = e.cause?.errors?.[0]
    said = { status: e.status, code: e.code, reason: first?.reason, domain: first?.domain, message: e.message }
  }
  console.log(JSON.stringify({ step: name, ...said }))
}

const nothing = (data) => data
const person = (u) => [u.kind, u.primaryEmail, u.name.fullName, u.suspended]

async function people (google) {
  const requestBody = { primaryEmail: 'new@acme.example', name: { givenName: 'New', familyName: 'One' }, password: 'correct horse' }
  let userKey
  await step('insert', () => google.users.insert({ requestBody }), (u) => { userKey = u.id; return person(u) })
  await step('insert again', () => google.users.insert({ requestBody }), person)
  await step('get', () => google.users.get({ userKey: 'NEW@acme.example' }), person)
  await step('suspend', () => google.users.update({ userKey, requestBody: { suspended: true } }), person)
  await step('delete', () => google.users.delete({ userKey }), nothing)
  await step('get deleted', () => google.users.get({ userKey }), person)
  await step('list deleted', () => google.users.list({ customer: 'my_customer', showDeleted: 'true' }), (d) => d.users.map(person))
  await step('undelete', () => google.users.undelete({ userKey, requestBody: { orgUnitPath: '/' } }), nothing)
  await step('get restored', () => google.users.get({ userKey }), person)
  await step('lift', () => google.users.update({ userKey, requestBody: { suspended: false } }), person)
}

async function pages (google, name, parameters) {
  const names = []
  let pageToken
  do {
    const { data } = await google.users.list({ customer: 'my_customer', orderBy: 'email', ...parameters, pageToken })
    names.push(data.users.map((u) => u.primaryEmail))
    pageToken = data.nextPageToken
  } while (pageToken)
  console.log(JSON.stringify({ step: name, data: names }))
}

async function groups (google) {
  const groupKey = 'crew@acme.example'
  await step('make a group', () => google.groups.insert({ requestBody: { email: groupKey, name: 'Crew' } }), (g) => [g.kind, g.email, g.name])
  await step("make a group with a person's address", () => google.groups.insert({ requestBody: { email: 'Countess@acme.example' } }), nothing)
  await step('list groups', () => google.groups.list({ customer: 'my_customer' }), (d) => d.groups.map((g) => [g.email, g.directMembersCount]))
  const requestBody = { email: 'ada@acme.example', role: 'MEMBER' }
  await step('join', () => google.members.insert({ groupKey, requestBody }), (m) => [m.kind, m.email, m.role, m.type, m.status])
  await step('join again', () => google.members.insert({ groupKey, requestBody }), nothing)
  await step('has member', () => google.members.hasMember({ groupKey, memberKey: 'ada@acme.example' }), nothing)
  await step('list members', () => google.members.list({ groupKey }), (d) => d.members.map((m) => m.email))
  await step('leave', () => google.members.delete({ groupKey, memberKey: 'ada@acme.example' }), nothing)
  await step('leave again', () => google.members.delete({ groupKey, memberKey: 'ada@acme.example' }), nothing)
  await step('list no members', () => google.members.list({ groupKey }), (d) => [d.kind, d.members === undefined])
  await step('manager joins', () => google.members.insert({ groupKey, requestBody: { email: 'admin@acme.example', role: 'MANAGER' } }), (m) => [m.email, m.role])
}

async function leaving (google, transfers) {
  const userKey = 'ada@acme.example'
  await step('sign out', () => google.users.signOut({ userKey }), nothing)
  await step('grants', () => google.tokens.list({ userKey }), (d) => d.items.map((t) => [t.kind, t.clientId, t.displayText, t.scopes]))
  await step('end a grant', () => google.tokens.delete({ userKey, clientId: '42.apps.example' }), nothing)
  await step('end it again', () => google.tokens.delete({ userKey, clientId: '42.apps.example' }), nothing)
  await step('app passwords', () => google.asps.list({ userKey }), (d) => d.items.map((p) => p.name))
  const { data } = await google.asps.list({ userKey })
  await step('delete an app password', () => google.asps.delete({ userKey, codeId: data.items[0].codeId }), nothing)
  await step('no app passwords', () => google.asps.list({ userKey }), (d) => [d.kind, d.items === undefined])
  await step('make administrator', () => google.users.makeAdmin({ userKey, requestBody: { status: true } }), nothing)
  await step('an administrator', () => google.users.get({ userKey }), (u) => u.isAdmin)
  await step('end that', () => google.users.makeAdmin({ userKey, requestBody: { status: false } }), nothing)
  await step('invalid codes', () => google.verificationCodes.invalidate({ userKey }), nothing)
  await step('units', () => google.orgunits.list({ customerId: 'my_customer', type: 'all' }), (d) => d.organizationUnits.map((u) => u.orgUnitPath))
  await step('move', () => google.users.update({ userKey, requestBody: { orgUnitPath: '/Offboarded', recoveryPhone: '' } }), (u) => u.orgUnitPath)
  await step('move nowhere', () => google.users.update({ userKey, requestBody: { orgUnitPath: '/Nowhere' } }), nothing)
  const ids = {}
  for (const user of [userKey, 'admin@acme.example']) ids[user] = (await google.users.get({ userKey: user })).data.id
  const { data: known } = await transfers.applications.list()
  const requestBody = {
    oldOwnerUserId: ids[userKey],
    newOwnerUserId: ids['admin@acme.example'],
    applicationDataTransfers: [{ applicationId: known.applications[0].id, applicationTransferParams: known.applications[0].transferParams }]
  }
  let id
  await step('transfer', () => transfers.transfers.insert({ requestBody }), (t) => { id = t.id; return [t.kind, t.overallTransferStatusCode] })
  await step('look at it', () => transfers.transfers.get({ dataTransferId: id }), (t) => [t.overallTransferStatusCode, t.applicationDataTransfers[0].applicationTransferStatus])
  await step('find it', () => transfers.transfers.list({ oldOwnerUserId: ids[userKey] }), (d) => d.dataTransfers.map((t) => t.id === id))
  await step('transfer to nobody', () => transfers.transfers.insert({ requestBody: { ...requestBody, newOwnerUserId: '7' } }), nothing)
}

async function main () {
  const google = signIn('admin@acme.example', scope + 'user', scope + 'group')
  await people(google)
  await pages(google, 'pages', { maxResults: 2 })
  await pages(google, 'pages of emails', { fields: 'nextPageToken,users/primaryEmail' })
  await groups(google)
  const security = scope + 'user.security'
  const datatransfer = 'https://www.googleapis.com/auth/admin.datatransfer'
  await leaving(signIn('admin@acme.example', scope + 'user', security, scope + 'orgunit'), signIn('admin@acme.example', 'datatransfer_v1', datatransfer))
  await step('parameter', () => google.users.list({ customer: 'my_customer', maxResults: 501 }), nothing)
  const reader = signIn('admin@acme.example', scope + 'user.readonly')
  await step('scope', () => reader.groups.get({ groupKey: 'crew@acme.example' }), nothing)
  const ada = signIn('ada@acme.example', scope + 'user')
  await step('no administrator', () => ada.users.get({ userKey: 'ada@acme.example' }), nothing)
  const stranger = signIn('nobody@acme.example', scope + 'user')
  await step('no such subject', () => stranger.users.get({ userKey: 'ada@acme.example' }), nothing)
  await step('over the quota', () => google.users.get({ userKey: 'quota@acme.example' }), nothing)
  await step('a page of the front end', () => google.users.get({ userKey: 'front@acme.example' }), nothing)
  await step('repeated after a throttle', () => google.users.get({ userKey: 'countess@acme.example' }, { retry: true }), person)
  const greedy = signIn('admin@acme.example', scope + 'user', scope + 'device.chromeos')
  await step('not delegated', () => greedy.users.get({ userKey: 'ada@acme.example' }), nothing)
}

main()
