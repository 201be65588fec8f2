// A small bot on @slack/bolt: a command opens a form, the form posts a card,
// the card's button updates it.
const { App } = require('@slack/bolt')

const app = new App({
  token: 'xoxb-fake', appToken: 'xapp-1-fake', socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API },
})
const plain = (text) => ({ type: 'plain_text', text })

app.command('/access', async ({ ack, body, client }) => {
  await ack()
  await client.views.open({ trigger_id: body.trigger_id, view: {
    type: 'modal', callback_id: 'ask', private_metadata: body.channel_id,
    title: plain('Access'), submit: plain('Ask'),
    blocks: [{ type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'why' } }],
  } })
})

app.view('ask', async ({ ack, view, body, client }) => {
  const why = view.state.values.why.why.value
  if (why.length < 5) return ack({ response_action: 'errors', errors: { why: 'Say more.' } })
  await ack()
  await client.chat.postMessage({ channel: view.private_metadata, text: `<@${body.user.id}> asks: ${why}`, blocks: [
    { type: 'section', text: plain(why) },
    { type: 'actions', elements: [{ type: 'button', action_id: 'approve', value: 'AR-1', text: plain('Approve') }] },
  ] })
})

app.action('approve', async ({ ack, body, client, respond }) => {
  await ack()
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Approved', blocks: [] })
  await respond({ text: 'Thank you', response_type: 'ephemeral', replace_original: false })
})

app.start()
process.stdin.on('end', () => app.stop().then(() => process.exit(0))).resume()
